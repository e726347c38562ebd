import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keyFault } from '../../src/adapters/audit/index.ts';
import { faultsOf, type Seen } from '../../src/adapters/installation/faults.ts';
import { Installation } from '../../src/adapters/installation/index.ts';
import { checkParts } from '../../src/commands/doctor/checks/parts.ts';
import { run } from '../commands/run.ts';
import { ServiceProcess } from '../support/service-process.ts';

const made = mkdtempSync(join(tmpdir(), 'parts-made-'));
const BEFORE = join(made, 'before');
const NOW = join(made, 'now');
const OTHER = join(made, 'other');
let place: string;
let dir: string;

async function lives(data: string): Promise<void> {
  const service = await ServiceProcess.start(data);
  expect(await service.stop()).toBe(0);
}

beforeAll(async () => {
  await Promise.all([lives(NOW), lives(OTHER)]);
  cpSync(NOW, BEFORE, { recursive: true });
  for (let n = 0; n < 2; n++) await lives(NOW);
}, 240_000);
afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'parts-'));
  dir = join(place, 'data');
  cpSync(NOW, dir, { recursive: true });
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const auditKey = () => keyFault(join(dir, 'audit.db'), join(dir, 'audit.key'));
const look = () => new Installation({ dir, embedded: true, auditKey: auditKey() });
const everything = () =>
  (readdirSync(dir, { recursive: true }) as string[])
    .sort()
    .map((name) => [name, statSync(join(dir, name)).size]);

const PARTS = ['journal.sqlite', 'accounts.db', 'devices.db', 'audit.db', 'audit.key', 'history'] as const;
type Part = (typeof PARTS)[number];
/** The history is a folder; which installation it is of lies in a file of it. */
const fileOf = (part: Part) => join(dir, part === 'history' ? 'history/installation' : part);

/** What else goes on to beat, as after ten minutes more. */
function goOn(part: Part): void {
  for (const name of ['journal.sqlite', 'accounts.db', 'devices.db', 'audit.db']) {
    if (name === part) continue;
    const db = new DatabaseSync(join(dir, name));
    db.exec('UPDATE installation SET beat = beat + 61');
    db.close();
  }
}

const WAYS = {
  missing: (part: Part) => rmSync(join(dir, part), { recursive: true }),
  empty: (part: Part) => truncateSync(fileOf(part)),
  'cut short': (part: Part) => truncateSync(fileOf(part), part === 'history' ? 0 : 30),
  "another installation's": (part: Part) => cpSync(join(OTHER, part), join(dir, part), { recursive: true }),
  'of an earlier time': (part: Part) => {
    cpSync(join(BEFORE, part), join(dir, part), { recursive: true });
    goOn(part);
  },
} as const;

/** Where the service starts all the same, and why. */
const STARTS: Partial<Record<`${Part} ${keyof typeof WAYS}`, string>> = {
  'audit.db cut short': 'damaged, not lost: the watch goes on, and nothing privileged is done',
  'audit.key of an earlier time': 'one key for all times',
  'history of an earlier time': 'its own cursor says so, see below',
};

describe.each(PARTS)('%s', (part) => {
  test.each(Object.keys(WAYS) as (keyof typeof WAYS)[])(
    'that is %s refuses the start, and doctor says it',
    (way) => {
      WAYS[way](part);
      const lies = everything();
      if (STARTS[`${part} ${way}`] !== undefined) {
        expect(look).not.toThrow();
        return;
      }
      const name = part === 'audit.key' ? /audit\.key|belong/ : part;
      expect(look).toThrow(name);
      expect(look).toThrow(/npm run restore.*npm run parts -- --accept --data-dir/);
      expect(checkParts(dir, true).map((f) => f.verdict)).toContain('bad');
      // Looked at, and left as it is.
      expect(everything()).toEqual(lies);
    },
  );

  test.skipIf(process.getuid?.() !== 0 || part === 'audit.db')(
    'that this user may not read refuses the start',
    async () => {
      for (const name of ['', ...(readdirSync(dir, { recursive: true }) as string[])])
        chmodSync(join(dir, name), 0o777);
      chmodSync(place, 0o777);
      chmodSync(fileOf(part), 0o000);
      const { code, out } = await run('doctor', ['--data-dir', dir, '--json'], {}, { uid: 65_534 });
      expect(code).toBe(1);
      const { findings } = JSON.parse(out) as {
        findings: { check: string; verdict: string; says: string }[];
      };
      expect(findings.filter((f) => f.check === 'parts')).toContainEqual(
        expect.objectContaining({
          verdict: 'bad',
          says: expect.stringMatching(/cannot be read|EACCES|made anew/),
        }),
      );
    },
  );
});

test('as it is, it belongs together, and so it does without what an earlier version had no mark for', () => {
  expect(look).not.toThrow();
  expect(checkParts(dir, true)).toEqual([{ check: 'parts', verdict: 'ok', says: 'belong together' }]);
  for (const name of ['journal.sqlite', 'accounts.db', 'devices.db', 'audit.db']) {
    const db = new DatabaseSync(join(dir, name));
    db.exec('DROP TABLE installation');
    db.close();
  }
  rmSync(join(dir, 'history/installation'));
  expect(look).not.toThrow();
});

test('a history that went back, or that has gone further than the journal, is told by its cursor', () => {
  const installation = look();
  const settled = { turn: 1, history: 40 };
  installation.settle('unused', settled);
  installation.close();
  const found = { cursor: 40, lastTurn: 10_000, setAside: false };
  expect(() => look().checkHistory(found)).not.toThrow();
  expect(() => look().checkHistory({ ...found, cursor: 39 })).toThrow(
    'had gone to 40: it is of an earlier time',
  );
  expect(() => look().checkHistory({ ...found, cursor: 39, setAside: true })).not.toThrow();
  expect(() => look().checkHistory({ ...found, lastTurn: 39 })).toThrow('-wal file was cut or lost');
});

test('a first start that was ended while it gave out marks is gone on with', () => {
  for (const name of ['accounts.db', 'audit.db']) {
    const db = new DatabaseSync(join(dir, name));
    db.exec('DROP TABLE installation');
    db.close();
  }
  const db = new DatabaseSync(join(dir, 'journal.sqlite'));
  db.exec('UPDATE installation SET complete = 0');
  db.close();
  expect(look).not.toThrow();
});

describe('the real service', () => {
  test('says one sentence with a way out, makes nothing, and starts after --accept', async () => {
    rmSync(join(dir, 'audit.key'));
    rmSync(join(dir, 'accounts.db'));
    await expect(ServiceProcess.start(dir)).rejects.toThrow(
      /ended with 2[\s\S]*audit\.key is missing[\s\S]*accounts\.db is missing/,
    );
    expect([existsSync(join(dir, 'audit.key')), existsSync(join(dir, 'accounts.db'))]).toEqual([
      false,
      false,
    ]);
    const told = await run('parts', ['--data-dir', dir]);
    expect([told.code, told.out]).toEqual([1, expect.stringContaining('accounts.db is missing\n')]);
    expect(await run('parts', ['--data-dir', dir, '--accept'])).toMatchObject({ code: 0 });
    await lives(dir);
    expect(readdirSync(dir).some((n) => n.startsWith('audit.db.without-key-'))).toBe(true);
    expect(await run('parts', ['--data-dir', dir])).toMatchObject({ code: 0 });
  }, 180_000);

  test('whose journal lost its -wal file says what is missing, and after --accept goes on behind its history', async () => {
    const service = await ServiceProcess.start(dir);
    const api = await service.client();
    for (let n = 0; n < 5; n++)
      expect(
        (await api.post('/telemetry', { lifeline: 'gas', device: 'GAS-1', values: { ch4: n } })).status,
      ).toBe(202);
    await expect
      .poll(async () => {
        const text = await (await fetch(`${service.url}/metrics`)).text();
        const of = (name: string) => Number(new RegExp(`^lifeline_${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
        return of('history_newest_turn') > 0 && of('history_cursor_turn') >= of('history_newest_turn');
      })
      .toBe(true);
    await service.kill();
    rmSync(join(dir, 'journal.sqlite-wal'));
    rmSync(join(dir, 'journal.sqlite-shm'), { force: true });
    await expect(ServiceProcess.start(dir)).rejects.toThrow(/ended with 2[\s\S]*-wal file was cut or lost/);
    expect(await run('parts', ['--data-dir', dir, '--accept'])).toMatchObject({ code: 0 });
    const again = await ServiceProcess.start(dir);
    const me = await again.client();
    const sent = await me.post('/telemetry', { lifeline: 'gas', device: 'GAS-1', values: { ch4: 9 } });
    expect(sent.status).toBe(202);
    expect(await again.stop()).toBe(0);
  }, 240_000);

  test('starts on what was restored elsewhere, which keeps its mark', async () => {
    const to = join(place, 'elsewhere');
    expect(await run('backup', ['--data-dir', dir, '--to', join(place, 'b.tar.gz')])).toMatchObject({
      code: 0,
    });
    expect(await run('restore', ['--from', join(place, 'b.tar.gz'), '--data-dir', to])).toMatchObject({
      code: 0,
    });
    const mark = (of: string) => readFileSync(join(of, 'history/installation'), 'utf8');
    expect(mark(to)).toBe(mark(dir));
    await lives(to);
    expect(mark(to).split(' ')[0]).toBe(mark(dir).split(' ')[0]);
  }, 180_000);
});

test('what is no database at all is told as what it is', () => {
  writeFileSync(
    join(dir, 'accounts.db'),
    'this is no database, and long enough to be seen as none '.repeat(40),
  );
  expect(look).toThrow(/accounts\.db cannot be read \(file is not a database\)/);
});

test.each(['EIO: i/o error, read', 'EMFILE: too many open files'])(
  'a history whose disk says "%s" does not keep the watch from starting',
  (unreadable) => {
    const seen = (name: 'history' | 'devices.db'): Seen => ({
      journal: {
        id: 'a',
        beat: 1,
        turn: 1,
        history: 1,
        parts: ['history', 'devices.db'],
        complete: true,
        lastTurn: 1,
      },
      parts: new Map([[name, { unreadable }]]),
      auditKey: null,
    });
    expect(faultsOf(seen('history'))).toEqual([]);
    expect(faultsOf(seen('devices.db'))).toEqual([`devices.db cannot be read (${unreadable})`]);
  },
);
