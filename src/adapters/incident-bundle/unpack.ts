import { unzipSync } from 'fflate';

/** Photos of an incident are tens of megabytes; what claims to unpack to more than this is no archive of ours. */
const BYTES_AT_MOST = 4 * 1_024 ** 3;

/**
 * The files of a zip, by path.
 *
 * @throws Error where it is none, or too large
 */
export function unpackBundle(zip: Uint8Array): Map<string, Uint8Array> {
  let bytes = 0;
  const files = unzipSync(zip, {
    filter: ({ name, originalSize }) => {
      bytes += originalSize;
      if (bytes > BYTES_AT_MOST) throw new Error(`it unpacks to more than ${BYTES_AT_MOST} bytes`);
      return !name.endsWith('/');
    },
  });
  return new Map(Object.entries(files));
}
