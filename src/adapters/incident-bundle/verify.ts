import { createHash } from 'node:crypto';
import { type IncidentManifest, incidentManifest } from '../../wire/files/incident-manifest.ts';

/** `missing`: listed and not there · `changed`: not as it was · `foreign`: there and not listed · `unlisted`: in no list of sums. */
export type BundleFault = {
  readonly is: 'missing' | 'changed' | 'foreign' | 'unlisted';
  readonly path: string;
  readonly detail: string;
};
export type BundleReport = {
  /** `null`: there is none that can be read, which is a fault. */
  readonly manifest: IncidentManifest | null;
  readonly faults: readonly BundleFault[];
};

const SUMS = { SHA256SUMS: 'sha256', SM3SUMS: 'sm3' } as const;
const digest = (algorithm: 'sha256' | 'sm3', bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

/**
 * Holds an archive against its own manifest and lists of sums. That nothing was changed since it was made it can tell, and not who
 * made it: that is what the anchor of the audit journal is for.
 *
 * @param files by path, from the archive's own folder
 */
export function verifyBundle(files: ReadonlyMap<string, Uint8Array>): BundleReport {
  const faults: BundleFault[] = [];
  const fault = (is: BundleFault['is'], path: string, detail: string) => faults.push({ is, path, detail });
  const own = files.get('manifest.json');
  const manifest = own === undefined ? null : incidentManifest(own);
  if (manifest === null)
    fault(
      files.has('manifest.json') ? 'changed' : 'missing',
      'manifest.json',
      '没有可读的清单 no readable manifest',
    );

  const listed = new Set(['manifest.json']);
  for (const { path, bytes, sha256, sm3 } of manifest?.files ?? []) {
    listed.add(path);
    const found = files.get(path);
    if (found === undefined) fault('missing', path, '');
    else if (found.byteLength !== bytes) fault('changed', path, `${found.byteLength} ≠ ${bytes} bytes`);
    else if (digest('sha256', found) !== sha256) fault('changed', path, 'SHA-256');
    else if (digest('sm3', found) !== sm3) fault('changed', path, 'SM3');
  }
  for (const [name, algorithm] of Object.entries(SUMS) as [keyof typeof SUMS, 'sha256' | 'sm3'][]) {
    const sums = sumsIn(files.get(name));
    if (sums === null) {
      fault(files.has(name) ? 'changed' : 'missing', name, '');
      continue;
    }
    for (const path of listed) {
      const said = sums.get(path);
      const found = files.get(path);
      if (said === undefined) fault('unlisted', path, name);
      else if (found !== undefined && digest(algorithm, found) !== said) fault('changed', path, name);
    }
    for (const path of sums.keys()) if (!listed.has(path)) fault('foreign', path, name);
  }
  for (const path of files.keys()) if (!listed.has(path) && !(path in SUMS)) fault('foreign', path, '');
  return { manifest, faults };
}

/** @returns sums by path; `null`: it is no such list */
function sumsIn(bytes: Uint8Array | undefined): ReadonlyMap<string, string> | null {
  if (bytes === undefined) return null;
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((l) => l !== '');
  const read = lines.map((l) => /^([0-9a-f]{64}) [ *](.+)$/.exec(l));
  if (read.some((m) => m === null)) return null;
  return new Map(read.map((m) => [m?.[2] ?? '', m?.[1] ?? '']));
}
