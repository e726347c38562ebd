import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AttachmentsDir } from '../../src/adapters/attachments-dir/index.ts';
import { typeOf } from '../../src/adapters/attachments-dir/type-of.ts';
import { as } from '../../src/domain/ids.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'attachments-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const png = Buffer.concat([Buffer.from([0x89]), Buffer.from('PNG\r\n\x1a\n'), Buffer.alloc(100, 7)]);

test('a file is there once, of its owner alone, and comes back over a restart', async () => {
  const kept = await new AttachmentsDir(dir).keep(png);
  expect(kept).toMatchObject({ size: png.length, type: 'image/png' });
  expect(await new AttachmentsDir(dir).keep(png)).toEqual(kept);
  const id = kept?.id ?? as.attachment('');
  const folder = join(dir, 'attachments', id.slice(0, 2));
  expect(readdirSync(folder)).toEqual([id]);
  expect([statSync(join(folder, id)).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  const again = new AttachmentsDir(dir);
  expect(await again.find(id)).toEqual(kept);
  expect(Buffer.from((await again.read(id)) ?? [])).toEqual(png);
});

test('what is not there, or is no name of a file, is not found', async () => {
  const files = new AttachmentsDir(dir);
  for (const id of ['f'.repeat(64), '../../etc/passwd', ''])
    expect([await files.find(as.attachment(id)), await files.read(as.attachment(id))]).toEqual([null, null]);
  expect(await files.keep(Buffer.from('<html></html>'.padEnd(64)))).toBeNull();
});

const at = (offset: number, text: string) =>
  Buffer.concat([Buffer.alloc(offset), Buffer.from(text, 'latin1'), Buffer.alloc(32)]);
test.each<[string, Buffer, string | null]>([
  ['JPEG', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(32)]), 'image/jpeg'],
  ['PNG', png, 'image/png'],
  ['WebP', Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1'), 'image/webp'],
  ['HEIC', at(4, 'ftypheic'), 'image/heic'],
  ['HEIF of a newer phone', at(4, 'ftypmif1'), 'image/heic'],
  ['a film', at(4, 'ftypisom'), null],
  ['PDF', Buffer.from('%PDF-1.7\n........'), 'application/pdf'],
  ['a page', Buffer.from('<!doctype html><html>'), null],
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), null],
  ['nothing', Buffer.alloc(0), null],
])('%s is known by its bytes', (_, bytes, type) => {
  expect(typeOf(bytes)).toBe(type);
});
