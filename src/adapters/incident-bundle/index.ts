import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import type { BundleFile, BundleHead, PackBundle } from '../../flow/ports/responses.ts';

const digest = (algorithm: 'sha256' | 'sm3', bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

/**
 * An incident's archive: its files, `manifest.json` with SHA-256 and SM3 of each, and the same as SHA256SUMS and SM3SUMS, which
 * `sha256sum -c` and any program for SM3 check in ten years without us. Same content, same bytes.
 */
export const packBundle: PackBundle = (files, head) => {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const all: BundleFile[] = [...sorted, { path: 'manifest.json', bytes: text(manifestOf(sorted, head)) }];
  const sums = (algorithm: 'sha256' | 'sm3') =>
    text(all.map((f) => `${digest(algorithm, f.bytes)}  ${f.path}\n`).join(''));
  const packed = [
    ...all,
    { path: 'SHA256SUMS', bytes: sums('sha256') },
    { path: 'SM3SUMS', bytes: sums('sm3') },
  ];
  return zipSync(
    Object.fromEntries(packed.map((f) => [`${head.incident}/${f.path}`, f.bytes])),
    // Pictures are packed already; the rest is text. The time of the files is that of the archive.
    { level: 6, mtime: head.madeAt },
  );
};

function manifestOf(files: readonly BundleFile[], head: BundleHead): string {
  const { incident, madeAt, madeBy, seq, anchor, leftOut } = head;
  return `${JSON.stringify(
    {
      format: 'lifeline-incident',
      version: 1,
      incident,
      madeAt: new Date(madeAt).toISOString(),
      madeBy,
      seq,
      auditAnchor: anchor,
      leftOut,
      files: files.map(({ path, bytes }) => ({
        path,
        bytes: bytes.byteLength,
        sha256: digest('sha256', bytes),
        sm3: digest('sm3', bytes),
      })),
    },
    null,
    1,
  )}\n`;
}
