import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TarEntry, TarHeads } from '../../src/commands/restore/tar-heads.ts';
import { run } from './run.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tar-heads-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the heads of an archive are read as tar wrote them', () => {
  const LONG = `${'long'.repeat(40)}/${'name'.repeat(30)}`;

  test.each(['gnu', 'ustar', 'pax'])('in the format %s, in pieces of any length', (format) => {
    const long = format === 'ustar' ? 'a-folder/a-file' : LONG;
    mkdirSync(join(dir, 'in', long, '..'), { recursive: true });
    writeFileSync(join(dir, 'in', 'a'), 'x'.repeat(511));
    writeFileSync(join(dir, 'in', '名称'), 'y'.repeat(513));
    writeFileSync(join(dir, 'in', long), '');
    const tar = execFileSync('tar', [...[`--format=${format}`, '--sort=name', '-cf', '-', '-C', dir, 'in']]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 }), (lengths) => {
        const entries: TarEntry[] = [];
        const contents: string[] = [];
        const heads = new TarHeads((entry) => {
          entries.push(entry);
          return entry.name === 'in/a' ? (content) => contents.push(content.toString()) : null;
        });
        for (let at = 0, i = 0; at < tar.length; i++) {
          const length = lengths[i % lengths.length] as number;
          heads.take(tar.subarray(at, at + length));
          at += length;
        }
        expect(heads.ended).toBe(true);
        expect(contents).toEqual(['x'.repeat(511)]);
        expect(entries.filter((e) => e.is === 'file')).toEqual(
          expect.arrayContaining([
            { name: 'in/a', size: 511, is: 'file' },
            { name: 'in/名称', size: 513, is: 'file' },
            { name: `in/${long}`, size: 0, is: 'file' },
          ]),
        );
      }),
      { numRuns: 30 },
    );
  });
});

type Entry = { name: string; text?: string; size?: number; type?: string };

/** A ustar head, with whatever in it. */
function head({ name, text = '', size = Buffer.byteLength(text), type = '0' }: Entry): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000777\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  if (type === '1' || type === '2') block.write('/etc/passwd', 157);
  block.write('        ', 148);
  block.write(
    `${block
      .reduce((n, b) => n + b, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

const body = (text: string) =>
  Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]);
const packed = (entries: readonly Entry[], tail = Buffer.alloc(1_024)) =>
  gzipSync(Buffer.concat([...entries.flatMap((e) => [head(e), body(e.text ?? '')]), tail]));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const manifestOf = (files: { path: string; bytes: number; sha256: string }[]) =>
  JSON.stringify({
    format: 'lifeline-backup',
    version: 1,
    madeAt: '2026-01-01T00:00:00Z',
    madeBy: { version: '0.1.0', node: 'v24' },
    running: false,
    journal: { schema: 1, epoch: 'e', lastTurn: 1, lastSeq: 0, drainCursor: 0 },
    history: { cursor: null, files: 0 },
    secrets: false,
    leftOut: [],
    files,
  });

const A = { path: 'a', bytes: 1, sha256: sha256('a') };
const MANIFEST = { name: 'lifeline-backup/manifest.json', text: manifestOf([A]) };
const FILE = { name: 'lifeline-backup/a', text: 'a' };
/** No disk of a test has it. */
const NO_DISK = 2 ** 52;

describe('an archive is refused before anything of it is unpacked', () => {
  test.each<[string, Entry[], string]>([
    ['a path that leads out', [MANIFEST, { name: 'lifeline-backup/../../x', text: 'x' }], 'leads out'],
    ['a path from the root', [MANIFEST, { name: '/etc/cron.d/x', text: 'x' }], 'leads out'],
    ['a folder that leads out', [MANIFEST, { name: 'lifeline-backup/../x/', type: '5' }], 'leads out'],
    ['another folder', [MANIFEST, { name: 'other/a', text: 'a' }], 'leads out'],
    ['a hidden file', [MANIFEST, { name: 'lifeline-backup/.ssh/x', text: 'a' }], 'leads out'],
    ['a link', [MANIFEST, { name: 'lifeline-backup/a', type: '2' }], 'not in its manifest'],
    ['a hard link', [MANIFEST, { name: 'lifeline-backup/a', type: '1' }], 'not in its manifest'],
    ['a device', [MANIFEST, { name: 'lifeline-backup/a', type: '3' }], 'not in its manifest'],
    ['a file twice', [MANIFEST, FILE, FILE], 'not in its manifest'],
    ['a file more', [MANIFEST, FILE, { name: 'lifeline-backup/b', text: 'b' }], 'not in its manifest'],
    ['a file less', [MANIFEST], 'a is missing in the backup'],
    ['a larger file', [MANIFEST, { ...FILE, text: 'aa' }], 'a is not what was backed up: 2 bytes of 1'],
    ['a file before the manifest', [FILE, MANIFEST], 'does not begin with manifest.json'],
    ['nothing', [], 'manifest.json is missing'],
    [
      'a manifest without end',
      [{ ...MANIFEST, size: 8 ** 11 - 1 }],
      'the manifest of the archive is too large',
    ],
    [
      'more than there is room for',
      [{ ...MANIFEST, text: manifestOf([{ ...A, bytes: NO_DISK }]) }],
      'free: make room, or choose another place',
    ],
  ])('%s', async (_, entries, why) => {
    const archive = join(dir, 'b.tar.gz');
    writeFileSync(archive, packed(entries));
    const to = join(dir, 'to');
    const { code, err } = await run('restore', ['--from', archive, '--data-dir', to]);
    expect(err).toContain(why);
    expect(code).toBe(1);
    expect(readdirSync(to)).toEqual([]);
    expect(readdirSync(dir).sort()).toEqual(['b.tar.gz', 'to']);
  });

  test.each<[string, () => Buffer]>([
    ['cut within a head', () => packed([MANIFEST, FILE], Buffer.alloc(0)).subarray(0, -9)],
    ['without an end', () => packed([MANIFEST, FILE], Buffer.alloc(0))],
    ['with a head that is not one', () => packed([MANIFEST, FILE], Buffer.alloc(1_024, 'x'))],
  ])('%s', async (_, bytes) => {
    const archive = join(dir, 'b.tar.gz');
    writeFileSync(archive, bytes());
    const { code, err } = await run('restore', ['--from', archive, '--check']);
    expect([code, err]).toEqual([1, 'the archive is damaged or was cut short\n']);
  });

  test('and one that is right is whole', async () => {
    const archive = join(dir, 'b.tar.gz');
    writeFileSync(archive, packed([MANIFEST, FILE]));
    expect(await run('restore', ['--from', archive, '--check'])).toMatchObject({ code: 0, err: '' });
  });
});
