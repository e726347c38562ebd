import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvRows } from '../../../src/wire/files/csv.ts';
import { run } from '../../commands/run.ts';
import { type ApiClient, PASSWORD, ServiceProcess } from '../../support/service-process.ts';

/** What a terminal obeys, what turns the direction of writing; a program's answer has line breaks and no more of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const ESCAPE = '\u001b]0;evil\u0007\u001b[2J\u009b1m';

type Report = {
  readonly created: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly errors: readonly { readonly row: number; readonly code: string; readonly message: string }[];
};

/** Files of somebody who does not mean well, to the service and the programs as they are started. */
describe('a hostile file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hostile-import-'));
  let service: ServiceProcess;
  let api: ApiClient;
  beforeAll(async () => {
    service = await ServiceProcess.start(join(dir, 'data'));
    api = await service.client();
  }, 30_000);
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  describe('for the register', () => {
    const HEAD = 'kind,code,name,lifeline,attributes\n';
    let good = 0;
    let sent = 0;
    /** A good row, new each time: it must be in the register whatever stands around it. */
    const fine = () => `point,GOOD-${++good},好点,gas,\n`;

    async function load(
      body: string | Uint8Array,
      headers: Record<string, string> = {},
    ): Promise<{ status: number; body: Report & { code?: string } }> {
      sent++;
      const answer = await fetch(`${service.url}/api/v1/register/import`, {
        method: 'POST',
        headers: { cookie: api.cookie, 'content-type': 'text/csv', 'accept-language': 'en', ...headers },
        body,
      });
      return { status: answer.status, body: (await answer.json()) as Report & { code?: string } };
    }

    test.each<[string, string, string, RegExp]>([
      ['NUL in a name', 'point,X-1,a\0b,gas,\n', 'text-bad', /no control characters/],
      ['a way out of a folder as its code', 'point,../../etc/passwd,a,gas,\n', 'code-bad', /A-Z a-z 0-9/],
      [
        'what a terminal obeys, among its attributes',
        `point,X-2,a,gas,x=${ESCAPE}\n`,
        'attributes-bad',
        /=value/,
      ],
      [
        'writing turned around, among its attributes',
        'point,X-3,a,gas,x=a\u202eb\n',
        'attributes-bad',
        /=value/,
      ],
      ['a line break in a name', 'point,X-4,"two\nlines",gas,\n', 'text-bad', /no control characters/],
      ['a quote that is never closed', 'point,X-5,"open,gas,\n', 'quote-unended', /"" would be right/],
      [
        'a quote that another row closes',
        'point,X-6,"a,gas,\npoint,X-7,b"c,gas,\n',
        'quote-unended',
        /"" would/,
      ],
      ['a line of 4 MB', `point,X-8,${'x'.repeat(4_000_000)},gas,\n`, 'text-bad', /100 characters/],
      ['4 million cells', `point,X-9,a${','.repeat(4_000_000)}\n`, 'too-wide', /256 at most/],
      ['SQL for a lifeline', "point,X-10,a,gas'; DROP TABLE entry; --,\n", 'lifeline-unknown', /there are: /],
      [
        'a prototype for a kind',
        '__proto__,X-11,a,gas,\n',
        'kind-unknown',
        /area, asset, point, model, device, unit or contact/,
      ],
    ])('%s costs its row, which is named, and no other', async (_what, row, code, right) => {
      const { status, body } = await load(HEAD + fine() + row + fine());
      expect([status, body.errors[0]?.row, body.errors[0]?.code]).toEqual([200, 3, code]);
      expect(body.errors[0]?.message).toMatch(right);
      for (const n of [good - 1, good]) await api.get(`/points/GOOD-${n}`);
    });

    test.each<[string, string | Uint8Array, string]>([
      ['a heading of 4 million columns', `kind,code,name${','.repeat(4_000_000)}\npoint,Y,a\n`, 'too-wide'],
      ['a heading that says a column twice', 'kind,code,name,name\npoint,Y,a,b\n', 'column-twice'],
      ['nothing', '', 'empty'],
      ['bytes that are no text', Buffer.from([0xff, 0xfe, 0xc0, 0x0a, 0x80]), 'not-utf8'],
      ['something packed', gzipSync(HEAD + fine()), 'not-utf8'],
    ])('%s is refused in a word', async (_what, body, code) => {
      const told = await load(body, { 'content-encoding': 'identity' });
      expect([told.body.code, told.body.errors?.[0]?.code]).toContain(code);
    });

    test('a heading as wide as a row may not be, with many rows below, holds nobody up', async () => {
      const file = `kind,code,name,lifeline${','.repeat(500_000)}\n${'point,Z,a,gas\n'.repeat(2_000)}`;
      let longest = 0;
      let loading = true;
      const others = (async () => {
        while (loading) {
          const asked = performance.now();
          await fetch(`${service.url}/livez`);
          longest = Math.max(longest, performance.now() - asked);
          await wait(20);
        }
      })();
      const { body } = await load(file);
      loading = false;
      await others;
      expect(body.errors[0]?.code).toBe('too-wide');
      // It was 43 s, and no alarm would have been raised in them.
      expect(longest).toBeLessThan(2_000);
    }, 60_000);

    test('two marks of byte order, and columns called like prototypes, are read over', async () => {
      const { body } = await load(
        `\ufeff\ufeff__proto__,constructor,kind,code,name,lifeline,attributes\nx,y,point,PROTO-1,a,gas,__proto__=p;constructor=q\npoint`,
      );
      expect(body).toMatchObject({ created: 1, failed: 1 });
      const point = await api.get<{ attributes: object }>('/points/PROTO-1');
      expect(Object.entries(point.attributes)).toEqual([
        ['__proto__', 'p'],
        ['constructor', 'q'],
      ]);
      expect((await load('kind,code,name,lifeline\npoint,__proto__,a,gas\n')).body.failed).toBe(0);
      expect(await api.get('/points/__proto__')).toMatchObject({ code: '__proto__', name: 'a' });
    });

    test('formulas go in as text, come out disarmed, and read again change nothing', async () => {
      const formulas = ['=HYPERLINK("http://evil/","x")', '+cmd|calc', '-1+1', '@SUM(1)', '\u0027=1'];
      const rows = formulas.map((f, i) => `point,F-${i},"${f.replaceAll('"', '""')}",gas,\n`).join('');
      expect((await load(HEAD + rows)).body).toMatchObject({ created: formulas.length, failed: 0 });
      const answer = await fetch(`${service.url}/api/v1/register/export?header=en`, {
        headers: { cookie: api.cookie },
      });
      const text = await answer.text();
      for (const { cells } of csvRows(text))
        for (const cell of cells) expect(cell).not.toMatch(/^[=+@\-\t\r]/);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="?[\w.-]+"?$/);
      expect((await load(text)).body).toMatchObject({ created: 0, updated: 0, failed: 0 });
    });

    test('each file is in the audit, used or refused, and none was a fault of ours', async () => {
      const { body } = await api.post('/accounts', { account: 'shen', name: 'shen', roles: ['auditor'] });
      const first = await service.client('shen', String(body.oneTimeCode));
      await first.post('/me/password', { next: PASSWORD });
      const auditor = await service.client('shen');
      const entries = await auditor.all<{ what: string; outcome: string; why: string | null }>(
        '/audit?what=register.&limit=1000',
      );
      const files = entries.filter((e) => e.what === 'register.importRegister');
      expect(files.length).toBe(sent);
      expect(files.filter((e) => e.outcome === 'refused').map((e) => e.why)).toEqual(
        Array(2).fill('not-utf8'),
      );
      expect(service.log.filter((l) => l.level === 'error')).toEqual([]);
    });
  });

  describe('of readings of the past', () => {
    let n = 0;
    const time = () => new Date(Date.now() - 86_400_000 + 1_000 * n++).toISOString();
    const ns = () => `${Date.parse(time())}000000`;
    const wide = () => `OLD-1,${time()},1.5\n`;
    const line = () => `gas,point=OLD-1 ch4=1.5 ${ns()}\n`;
    beforeAll(async () => {
      await api.post('/points', { code: 'OLD-1', name: '老点', lifeline: 'gas', area: '000000' });
    });

    async function bring(name: string, body: string | Uint8Array, args: readonly string[] = []) {
      const path = join(dir, name);
      writeFileSync(path, body);
      const done = await run('import', ['readings', path, '--data-dir', join(dir, 'data'), ...args]);
      const errors = existsSync(`${path}.errors.csv`) ? readFileSync(`${path}.errors.csv`, 'utf8') : '';
      expect(done.out + done.err).not.toMatch(OBEYED);
      expect(done.out.length + done.err.length).toBeLessThan(8_000);
      return {
        ...done,
        errors,
        readings: Number(/readings: ([\d,]+)/.exec(done.out)?.[1]?.replace(',', '')),
      };
    }
    /** The reason for each line, without the line itself: that is left as it was, to be mended. */
    const reasonOf = (errors: string, row: number): string =>
      new RegExp(`^${row},(.{1,200})`, 'm').exec(errors)?.[1] ?? '';

    test('a table: each bad row says what would be right, and the good ones are stored', async () => {
      const bad: readonly (readonly [row: string, reason: RegExp])[] = [
        [`${ESCAPE},${time()},1`, /\\u001b\]0;evil\\u0007.* is no point of the register/],
        [`OLD\u202e-1,${time()},1`, /OLD\\u202e-1.* is no point/],
        [`=cmd|calc,${time()},1`, /is no point of the register/],
        ['OLD-1,=NOW(),1', /2026-01-31 16:00:00 would be/],
        [`OLD-1,${'9'.repeat(500_000)},1`, /9… \(500000\).* is no time/],
        ['OLD-1,8700000000000000000000,1', /lies in the future/],
        ['OLD-1,99999-12-31,1', /is no time/],
        ['OLD-1,1650-01-01,1', /older than the 400 days/],
        ...['1e999', 'NaN', '0x10', 'Infinity', '１２'].map(
          (v) => [`OLD-1,${time()},${v}`, /no number/] as const,
        ),
        [`"OLD-1,${time()},1`, /quotation mark/],
        ['x'.repeat(3_000_000), /million characters: one row of readings would be right/],
        [`constructor,${time()},1`, /is no point/],
        [`OLD-1,${time()},1${',1'.repeat(100_000)}`, /100003 cells, but the heading has 3/],
      ];
      const file = `point,time,ch4\n${bad.map(([row]) => `${wide()}${row}\n`).join('')}${wide()}`;
      const done = await bring('bad-rows.csv', file);
      expect(done.code, done.err).toBe(1);
      expect(done.readings).toBe(bad.length + 1);
      for (const [i, [, reason]] of bad.entries()) expect(reasonOf(done.errors, 3 + 2 * i)).toMatch(reason);
    }, 60_000);

    test('line protocol: the same', async () => {
      const bad: readonly (readonly [row: string, reason: RegExp])[] = [
        [`gas,point=${ESCAPE} ch4=1 ${ns()}`, /\\u001b\]0;evil.*is no point/],
        [`gas,point=OLD-1 ch4="${ESCAPE}" ${ns()}`, /text is no reading/],
        [`gas,point=OLD-1 ch4=1 ${'9'.repeat(60)}`, /lies in the future/],
        [`gas,point=OLD-1 ch4=1 -${'9'.repeat(60)}`, /before the year 2000/],
        [`gas,point=OLD-1 ch4=1e999 ${ns()}`, /no value that line protocol knows/],
        [`gas,point=OLD-1 __proto__=1 ${ns()}`, /is no metric of gas/],
        [`gas,point=../../etc/passwd ch4=1 ${ns()}`, /is no point/],
        [
          `gas,point=OLD-1 ${Array.from({ length: 60_000 }, (_, i) => `m${i}=1`).join(',')} ${ns()}`,
          /is no metric/,
        ],
      ];
      const done = await bring(
        'bad-lines.lp',
        `${bad.map(([row]) => `${line()}${row}\n`).join('')}${line()}`,
      );
      expect(done.code, done.err).toBe(1);
      expect(done.readings).toBe(bad.length + 1);
      for (const [i, [, reason]] of bad.entries()) expect(reasonOf(done.errors, 2 + 2 * i)).toMatch(reason);
    }, 60_000);

    test('what unpacks to a thousand times its size costs its row, and hardly any memory', async () => {
      const bomb = gzipSync(`point,time,ch4\n${wide()}${'x'.repeat(200_000_000)}\n${wide()}`);
      const done = await bring('bomb.csv.gz', bomb);
      expect([done.code, done.readings]).toEqual([1, 2]);
      expect(Number(/at most (\d+) MiB/.exec(done.out)?.[1])).toBeLessThan(600);
    }, 60_000);

    test.each<[string, string, RegExp]>([
      ['a heading that says a column twice', 'point,time,ch4,ch4\nOLD-1,x,1,2\n', /"ch4" twice/],
      ['a heading of 10 MB', `point,time,ch4${',a'.repeat(5_000_000)}\n`, /longer than 64 KiB/],
      // It took 5 minutes: the unit of a heading was looked for from each of its brackets to the end.
      ['a heading of 20,000 brackets', `point,time,${' ('.repeat(20_000)}\n`, /missing in the heading/],
      ['a heading that a terminal obeys', `point,time,${ESCAPE}\n`, /missing in the heading.*\\u001b/],
    ])(
      '%s is refused at once, in a sentence',
      async (what, text, sentence) => {
        const done = await bring(`${what.replaceAll(/\W/g, '-')}.csv`, text);
        expect(done.code).toBe(1);
        expect(done.err).toMatch(sentence);
      },
      20_000,
    );

    test('what came in goes out again, and no file of ours can be named by it', async () => {
      const to = join(dir, 'out.csv');
      const data = ['--data-dir', join(dir, 'data')];
      const done = await run('export', [
        '--to',
        to,
        '--from',
        time(),
        '--points',
        '../../etc/passwd',
        ...data,
      ]);
      expect([done.code === 0, existsSync(to)]).toEqual([false, false]);
      const all = await run('export', ['--to', to, '--from', '2026-01-01', '--points', 'OLD-1', ...data]);
      expect(all.code, all.err).toBe(0);
      expect(readFileSync(to, 'utf8').trim().split('\n').length).toBeGreaterThan(20);
    }, 30_000);

    test('and the service has served all the while', async () => {
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
      expect(service.log.filter((l) => l.level === 'error')).toEqual([]);
    });
  });
});
