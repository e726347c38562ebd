import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCOUNT_STEPS } from '../../src/adapters/accounts/sqlite-store.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../src/adapters/journal-sqlite/schema.ts';
import { run } from './run.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lifeline-migrate-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A file as the version that knew so many steps had left it. */
function ofForm(name: string, steps: readonly string[], form = steps.length, program = 0): void {
  const db = new DatabaseSync(join(dir, name));
  for (const step of steps.slice(0, form)) db.exec(step);
  db.exec(`PRAGMA application_id = ${program}; PRAGMA user_version = ${form}`);
  db.close();
}

const shapeOf = (name: string): unknown => {
  const db = new DatabaseSync(join(dir, name));
  const shape = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
  const version = db.prepare('PRAGMA user_version').get();
  db.close();
  return { shape, version };
};

const migrate = (...args: string[]) => run('migrate', [...args, '--data-dir', dir]);

test('accounts of every earlier form come to have today’s, and what was in them stays', async () => {
  ofForm('accounts.db', ACCOUNT_STEPS);
  const today = shapeOf('accounts.db');
  for (let form = 1; form < ACCOUNT_STEPS.length; form++) {
    rmSync(join(dir, 'accounts.db'));
    ofForm('accounts.db', ACCOUNT_STEPS, form);
    expect(await migrate('--check')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/accounts\.db: \d → \d\nolder/),
    });
    expect(await migrate()).toMatchObject({ code: 0, err: expect.stringMatching(/1\/1 accounts\.db: /) });
    expect(shapeOf('accounts.db')).toEqual(today);
    expect(await migrate('--check', '--json')).toMatchObject({
      out: expect.stringContaining('"data":"same"'),
    });
  }
}, 60_000);

test.each([
  ['journal.sqlite', MIGRATIONS, APPLICATION_ID],
  ['accounts.db', ACCOUNT_STEPS, 0],
] as const)('%s of a newer version is left as it is, and told', async (name, steps, program) => {
  ofForm(name, steps, steps.length, program);
  const db = new DatabaseSync(join(dir, name));
  db.exec(`PRAGMA user_version = ${steps.length + 1}`);
  db.close();
  const before = shapeOf(name);
  expect(await migrate('--check')).toMatchObject({ code: 1, out: expect.stringMatching(/newer\n$/) });
  expect(await migrate()).toMatchObject({
    code: 1,
    err: expect.stringMatching(/the data is of a newer version; start that one, or restore the backup/),
  });
  expect(shapeOf(name)).toEqual(before);
});
