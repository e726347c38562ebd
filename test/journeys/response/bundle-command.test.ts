import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { packBundle } from '../../../src/adapters/incident-bundle/index.ts';
import { verifyBundle } from '../../../src/adapters/incident-bundle/verify.ts';
import { as } from '../../../src/domain/ids.ts';
import { run } from '../../commands/run.ts';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const packed = packBundle(
  [
    { path: 'incident.json', bytes: text('{}\n') },
    { path: 'alarms/A1.json', bytes: text('{"id":"A1"}\n') },
    { path: 'attachments/photo.jpeg', bytes: new Uint8Array([0xff, 0xd8, 0xff, 0]) },
  ],
  {
    incident: as.incident('I1'),
    madeAt: Date.parse('2026-06-01T08:00:00Z'),
    madeBy: '班长',
    seq: 42,
    anchor: '7:seal',
    leftOut: ['附件 x 已不在 / the file x is not there any more'],
  },
);
const entries = unzipSync(packed);
const dir = mkdtempSync(join(tmpdir(), 'bundle-command-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The archive with something done to it, from its own folder. */
function archiveWith(change: (files: Map<string, Uint8Array>) => void): ReadonlyMap<string, Uint8Array> {
  const files = new Map(Object.entries(entries).map(([path, bytes]) => [path.slice('I1/'.length), bytes]));
  change(files);
  return files;
}
const faultsAfter = (change: (files: Map<string, Uint8Array>) => void): string[] =>
  verifyBundle(archiveWith(change)).faults.map((f) => `${f.is} ${f.path} ${f.detail}`.trim());

describe('what was done to an archive', () => {
  test('nothing: it is whole', () => expect(faultsAfter(() => undefined)).toEqual([]));

  test.each([...archiveWith(() => undefined).keys()])('one bit of %s: it is changed', (path) => {
    const faults = faultsAfter((files) => {
      const bytes = Uint8Array.from(files.get(path) ?? []);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      files.set(path, bytes);
    });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join('\n')).toContain(path);
  });

  test.each([...archiveWith(() => undefined).keys()])('%s taken away: it is missing', (path) => {
    expect(faultsAfter((files) => files.delete(path)).join('\n')).toContain(`missing ${path}`);
  });

  test('a file put to it is foreign, also one that somebody has put into the sums', () => {
    const added = (files: Map<string, Uint8Array>) => files.set('orders/O9.json', text('{}'));
    expect(faultsAfter(added)).toEqual(['foreign orders/O9.json']);
    const faults = faultsAfter((files) => {
      added(files);
      const sums = new TextDecoder().decode(files.get('SHA256SUMS'));
      files.set('SHA256SUMS', text(`${sums}${'0'.repeat(64)}  orders/O9.json\n`));
    });
    expect(faults).toEqual(['foreign orders/O9.json SHA256SUMS', 'foreign orders/O9.json']);
  });

  test('a file and its manifest changed together: the lists of sums tell', () => {
    const faults = faultsAfter((files) => {
      const manifest = JSON.parse(new TextDecoder().decode(files.get('manifest.json'))) as {
        files: { path: string }[];
      };
      manifest.files = manifest.files.filter((f) => f.path !== 'alarms/A1.json');
      files.set('manifest.json', text(JSON.stringify(manifest)));
      files.delete('alarms/A1.json');
    });
    expect(faults).toContain('changed manifest.json SHA256SUMS');
    expect(faults).toContain('foreign alarms/A1.json SM3SUMS');
  });
});

describe('lifeline bundle verify', () => {
  const zip = join(dir, 'I1.zip');
  writeFileSync(zip, packed);
  const folder = join(dir, 'unpacked');
  for (const [path, bytes] of Object.entries(entries)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }

  test.each([
    ['the zip as it was downloaded', zip],
    ['the folder of the incident', join(folder, 'I1')],
    ['what that folder lies in', folder],
  ])('%s is whole, and says of what and when, what was left out, and the anchor', async (_, place) => {
    const { code, out, err } = await run('bundle', ['verify', place]);
    expect([code, err]).toEqual([0, '']);
    for (const said of ['完好 · whole', 'I1 · 4 files', '班长', '附件 x 已不在', '7:seal'])
      expect(out).toContain(said);
  });

  test('one that was changed ends with 1 and names the file', async () => {
    const changed = join(dir, 'changed.zip');
    writeFileSync(changed, zipSync({ ...entries, 'I1/alarms/A1.json': text('{"id":"A2"}\n') }));
    const { code, out } = await run('bundle', ['verify', changed]);
    expect([code, out.includes('被改动 changed  alarms/A1.json')]).toEqual([1, true]);
  });

  test('what is no archive is said in a sentence', async () => {
    const broken = join(dir, 'broken.zip');
    writeFileSync(broken, packed.subarray(0, 100));
    const told = await run('bundle', ['verify', broken]);
    expect([told.code, told.err]).toEqual([1, expect.stringContaining('no zip that can be read')]);
    expect((await run('bundle', ['verify', join(dir, 'none')])).code).toBe(2);
    expect((await run('bundle', ['look'])).code).toBe(2);
  });
});
