import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addressOf, PLACE } from '../../../dashboards/console/src/api/place.ts';

const SRC = join(import.meta.dirname, '../../../dashboards/console/src');

/** The live link hands its path to `live-board.ts`, which makes the address of it. */
const HANDS_ON = ['api/live.ts'];

test('the console asks the service where a proxy has mounted it: no address of it is written as if that were the root', () => {
  const files = readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((f) => /\.(ts|vue)$/.test(f.name))
    .map((f) => join(f.parentPath, f.name));
  expect(files.length).toBeGreaterThan(100);
  const bare = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(
        (line) => /(?<!addressOf\(\s*)[`'"]\/api\/v1/.test(line) && !/^\s*([`'"]\/api|\/?\*)/.test(line),
      )
      .map((line) => `${file.slice(SRC.length + 1)}: ${line.trim()}`),
  );
  expect(bare.filter((b) => !HANDS_ON.some((f) => b.startsWith(`${f}: `)))).toEqual([]);
});

test('where the page was not built into a folder of assets, that is the root', () => {
  expect([PLACE, addressOf('/api/v1/alarms')]).toEqual(['/', '/api/v1/alarms']);
});
