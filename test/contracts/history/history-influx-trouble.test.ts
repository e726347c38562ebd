import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  HistoryInflux,
  type HistoryInfluxOptions,
  type Rejected,
} from '../../../src/adapters/history-influx/index.ts';
import { as } from '../../../src/domain/ids.ts';
import { days, hours } from '../../../src/domain/time.ts';
import { troubleOf } from '../../../src/flow/ports/history.ts';
import type { SpooledTurn } from '../../../src/flow/ports/journal.ts';
import { Between, type Meddling } from '../../support/between.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { all, CH4, NOON, reading, turn } from './history.contract.ts';

const TEMP = as.metric('temp');
const isWrite = (path: string) => path.startsWith('/write');

describe.skipIf(!hasInfluxd())('trouble with InfluxDB', () => {
  let influxd: Influxd;
  let between: Between;
  let bucket: string;
  let told: string[];
  let rejected: Rejected[];

  beforeAll(async () => {
    influxd = await Influxd.start();
    between = await Between.start(influxd.url);
  });
  afterAll(async () => {
    await between.stop();
    await influxd.stop();
  });
  beforeEach(() => {
    bucket = `t${randomUUID().slice(0, 8)}`;
    told = [];
    rejected = [];
    between.asked.length = 0;
  });
  afterEach(() => {
    between.meddle = () => 'pass';
  });

  const open = (rest: Partial<HistoryInfluxOptions> = {}): HistoryInflux =>
    new HistoryInflux({
      url: between.url,
      version: '1',
      token: null,
      org: null,
      bucket,
      lifelines: ['gas'],
      lifelineOf: () => 'gas',
      source: 'journal',
      lastTurn: as.turn(0),
      keepDays: 36_500,
      now: () => NOON,
      onTrouble: (msg, fields) => told.push(`${msg} ${JSON.stringify(fields)}`),
      onRejected: (r) => void rejected.push(...r),
      writeWithin: 3_000,
      ...rest,
    });

  const values = async (h: HistoryInflux, metric = CH4) =>
    (await h.raw({ ...all, metric })).map((i) => i.value);
  const trouble = async (work: Promise<unknown>) => {
    const cause = await work.then(
      () => expect.fail('went well'),
      (e: unknown) => e,
    );
    return { ...troubleOf(cause), says: (cause as Error).message };
  };
  const onWrites = (how: Meddling, when: (body: string) => boolean = () => true) => {
    between.meddle = ({ path, body }) => (isWrite(path) && when(body) ? how : 'pass');
  };

  describe('the batch may be offered again', () => {
    test.each([
      ['cut', 'unreachable'],
      ['cut the answer', 'unreachable'],
      ['cut in the answer', 'unreachable'],
      ['hang', 'timeout'],
    ] as const)('%s: %s, and once offered again everything is there once', async (how, kind) => {
      const history = open(how === 'hang' ? { writeWithin: 500 } : {});
      await history.start();
      await history.keep([turn(1, [reading(NOON, 1)])]);
      onWrites(how);
      expect((await trouble(history.keep([turn(2, [reading(NOON + 1, 2)])]))).kind).toBe(kind);
      expect(await history.cursor()).toBe(1);
      between.meddle = () => 'pass';
      await history.keep([turn(2, [reading(NOON + 1, 2)])]);
      expect(await values(history)).toEqual([1, 2]);
      expect(await history.cursor()).toBe(2);
      expect([told, rejected]).toEqual([[], []]);
    });

    test('an answer that dribbles in without end is cut off like none', async () => {
      const dribbling = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.write('HTTP/1.1 204 No Content\r\nX-Slow: ');
        const timer = setInterval(() => socket.write('.'), 20);
        socket.on('close', () => clearInterval(timer));
      });
      await new Promise<void>((resolve) => dribbling.listen(0, '127.0.0.1', resolve));
      const address = dribbling.address() as { port: number };
      const history = open({ url: `http://127.0.0.1:${address.port}`, writeWithin: 300 });
      expect((await trouble(history.keep([turn(1, [reading(NOON, 1)])]))).kind).toBe('timeout');
      // The connection is let go of as well: nothing is left that keeps the server from closing.
      await new Promise((resolve) => dribbling.close(resolve));
    });

    test.each([
      [503, '7', 7_000],
      [429, '120', 120_000],
      [503, new Date(NOON + 30_000).toUTCString(), 30_000],
      [503, 'soon', null],
    ])('%i with Retry-After %s', async (status, after, retryAfter) => {
      const history = open();
      onWrites({ status, headers: { 'retry-after': after }, body: '{"error":"too much"}' });
      expect(await trouble(history.keep([turn(1, [reading(NOON, 1)])]))).toMatchObject({
        kind: 'busy',
        retryAfter,
      });
    });

    test.each([
      [{ status: 500, body: '{"error":"timeout"}' }, 'other', /500.*timeout/],
      [{ status: 502 }, 'unreachable', /502/],
      [
        { status: 401, body: '{"error":"authorization failed"}' },
        'unauthorised',
        /credential.*authorization failed/,
      ],
      [{ status: 403 }, 'unauthorised', /may not do this/],
      [{ status: 200, body: '<html>log in to the network</html>' }, 'other', /answers 200: <html>/],
      [
        {
          status: 400,
          body: '{"error":"partial write: max-values-per-tag limit exceeded (100000/100000) dropped=1"}',
        },
        'other',
        /limit of its own/,
      ],
    ] as const)('%o is %s, and nothing is given up', async (answer, kind, says) => {
      const history = open();
      onWrites(answer);
      expect(await trouble(history.keep([turn(1, [reading(NOON, 1)])]))).toMatchObject({
        kind,
        says: expect.stringMatching(says),
      });
      expect(rejected).toEqual([]);
      between.meddle = () => 'pass';
      await history.keep([turn(1, [reading(NOON, 1)])]);
      expect(await values(history)).toEqual([1]);
    });

    test('a store that refuses every line has a fault of its own: no reading is given up for that', async () => {
      const history = open();
      onWrites({ status: 400, body: '{"error":"unable to parse anything today"}' });
      expect(await trouble(history.keep([turn(1, [reading(NOON, 1)])]))).toMatchObject({
        kind: 'other',
        says: expect.stringContaining('refuses every line: unable to parse anything'),
      });
      expect(rejected).toEqual([]);
    });

    test('success that comes late is success', async () => {
      const history = open();
      let answer = () => {};
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      onWrites({ answerAfter: answered });
      const keeping = history.keep([turn(1, [reading(NOON, 1)])]);
      // The store has it before it says so; questions are answered meanwhile.
      await expect.poll(() => values(history)).toEqual([1]);
      answer();
      await keeping;
      expect(await history.cursor()).toBe(1);
    });

    test('a database that was dropped is made again', async () => {
      const history = open();
      await history.keep([turn(1, [reading(NOON, 1)])]);
      await influxd.query(`DROP DATABASE "${bucket}"`);
      expect((await trouble(history.keep([turn(2, [reading(NOON + 1, 2)])]))).says).toMatch(
        /404.*database not found/,
      );
      await history.keep([turn(2, [reading(NOON + 1, 2)])]);
      expect(await values(history)).toEqual([2]);
    });
  });

  describe('a line that the store will never take', () => {
    const refusedBy = (bad: string, status = 400) => {
      between.meddle = ({ path, body }) =>
        isWrite(path) && body.includes(bad)
          ? { status, body: `{"code":"invalid","message":"no ${bad} here"}` }
          : 'pass';
    };

    test.each([400, 422, 201])(
      'is found by halving (%i), told of, and the rest is stored',
      async (status) => {
        const history = open();
        refusedBy('point=evil', status);
        const readings = Array.from({ length: 500 }, (_, i) =>
          reading(NOON + i, i, i === 77 || i === 300 ? { point: as.point('evil') } : {}),
        );
        await history.keep([turn(1, readings)]);
        expect(await values(history)).toHaveLength(498);
        expect(rejected.map((r) => r.readings.map((x) => x.value))).toEqual([[77], [300]]);
        expect(rejected[0]).toMatchObject({
          reason: 'no point=evil here',
          line: expect.stringContaining('ch4=77'),
        });
        expect(await history.cursor()).toBe(1);
        expect(between.asked.filter((a) => isWrite(a.path)).length).toBeLessThan(60);
      },
    );

    test('takes only the metric with it that is refused', async () => {
      const history = open();
      refusedBy('temp=');
      await history.keep([turn(1, [reading(NOON, 1), reading(NOON, 20, { metric: TEMP })])]);
      expect([await values(history), await values(history, TEMP)]).toEqual([[1], []]);
      expect(rejected.map((r) => r.readings.map((x) => x.metric))).toEqual([[TEMP]]);
    });

    test('a field that has another type in the store costs a few writes, not one a line', async () => {
      const history = open();
      await history.start();
      await fetch(`${influxd.url}/write?db=${bucket}&precision=ms`, {
        method: 'POST',
        body: `gas,point=other temp="warm" ${NOON}`,
      });
      const readings = Array.from({ length: 2_000 }, (_, i) =>
        i % 2 === 0
          ? [reading(NOON + i, i), reading(NOON + i, 20, { metric: TEMP })]
          : [reading(NOON + i, 20, { metric: TEMP })],
      ).flat();
      await history.keep([turn(1, readings)]);
      expect(await values(history)).toHaveLength(1_000);
      expect(rejected).toHaveLength(2_000);
      expect(new Set(rejected.flatMap((r) => r.readings.map((x) => x.metric)))).toEqual(new Set([TEMP]));
      expect(rejected[0]?.reason).toMatch(/field type conflict/);
      expect(between.asked.filter((a) => isWrite(a.path)).length).toBeLessThan(12);
    });

    test('older than the store keeps anything: told of, and the others are stored', async () => {
      const now = Date.now();
      const history = open({ keepDays: 10, now: () => now });
      await history.keep([turn(1, [reading(now - days(30), 1), reading(now, 2), reading(now - days(9), 3)])]);
      expect((await history.raw({ ...all, to: now + 1 })).map((i) => i.value)).toEqual([3, 2]);
      expect(rejected.map((r) => r.readings[0]?.value)).toEqual([1]);
      expect(rejected[0]?.reason).toMatch(/beyond retention policy/);
    });

    test('a write that is too large is cut in two, and nothing is refused', async () => {
      const history = open();
      onWrites({ status: 413, body: 'Request Entity Too Large' }, (body) => body.length > 3_000);
      await history.keep([
        turn(
          1,
          Array.from({ length: 500 }, (_, i) => reading(NOON + i, i)),
        ),
      ]);
      expect(await values(history)).toHaveLength(500);
      expect(rejected).toEqual([]);
    });
  });

  describe('at the start', () => {
    test('a store that is not there does not keep the service from starting; it is prepared when it is back', async () => {
      between.meddle = () => 'cut';
      const history = open();
      await history.start();
      expect(told).toEqual([expect.stringMatching(/InfluxDB is not ready.*unreachable/)]);
      expect((await trouble(history.cursor())).kind).toBe('unreachable');
      expect((await trouble(history.latest())).kind).toBe('unreachable');
      between.meddle = () => 'pass';
      await history.keep([turn(1, [reading(NOON, 1)])]);
      expect(await values(history)).toEqual([1]);
    });

    test('the database is made, with a retention', async () => {
      await open({ keepDays: 400 }).start();
      const [policies] = await influxd.query(`SHOW RETENTION POLICIES ON "${bucket}"`);
      expect(policies?.series?.[0]?.values.map((v) => v.slice(0, 2))).toEqual([['lifeline', '9600h0m0s']]);
      expect(told).toEqual([]);
    });

    test('a database that keeps less than was asked for is told of, and not changed', async () => {
      await influxd.query(`CREATE DATABASE "${bucket}" WITH DURATION 48h`);
      await open({ keepDays: 400 }).start();
      expect(told).toEqual([expect.stringMatching(/shorter time.*"storeKeepsDays":2,"keepDays":400/)]);
    });

    test('where the store forgets by itself, nothing is deleted by us', async () => {
      const now = Date.now();
      const history = open({ keepDays: 10, now: () => now });
      await history.keep([turn(1, [reading(now - days(9), 1)])]);
      expect(await history.forgetBefore(now - days(10))).toBe(0);
      expect(between.asked.filter((a) => a.body.includes('DELETE'))).toEqual([]);
      expect(await history.forgetBefore(now - days(5))).toBe(1);
      expect(await history.raw({ ...all, to: now })).toEqual([]);
    });

    test('the wrong version is said, with the right one', async () => {
      const history = open({ version: '2', org: 'o', token: 'secret-token' });
      await history.start();
      expect(told).toEqual([
        expect.stringMatching(/LIFELINE_INFLUX_VERSION is 2, but .* 1\.6\.7.*set it to 1/),
      ]);
    });

    test('a mark of another journal says nothing, and one beyond our own journal no more than that', async () => {
      const first = open({ lastTurn: as.turn(0) });
      await first.keep([turn(900, [reading(NOON, 1)])]);
      expect(await open({ source: 'another', lastTurn: as.turn(50) }).cursor()).toBe(0);
      expect(await open({ lastTurn: as.turn(2_000) }).cursor()).toBe(900);
      // Set back to a copy: what comes after it has the same numbers as what was kept.
      const restored = open({ lastTurn: as.turn(700) });
      expect(await restored.cursor()).toBe(700);
      await restored.keep([turn(701, [reading(NOON + hours(1), 2)])]);
      expect(await values(restored)).toEqual([1, 2]);
      expect(await open({ lastTurn: as.turn(701) }).cursor()).toBe(701);
    });

    test('the mark goes on where the clock has been set back', async () => {
      let now = NOON;
      const history = open({ now: () => now });
      await history.keep([turn(1, [reading(NOON, 1)])]);
      now -= days(2);
      await history.keep([turn(2, [reading(NOON, 2)])]);
      expect(await open({ now: () => now, lastTurn: as.turn(2) }).cursor()).toBe(2);
    });
  });

  describe('the server itself', () => {
    let own: Influxd;
    beforeEach(async () => {
      own = await Influxd.start();
    });
    afterEach(() => own.stop());

    /** Offers each batch until it is kept, as the drain does. */
    async function drain(
      history: HistoryInflux,
      batches: readonly SpooledTurn[][],
      kept: (n: number) => void,
    ) {
      for (const [n, batch] of batches.entries()) {
        while (
          !(await history.keep(batch).then(
            () => true,
            () => false,
          ))
        )
          await new Promise((r) => setTimeout(r, 50));
        kept(n);
      }
    }
    const batches = Array.from({ length: 60 }, (_, b) => [
      turn(
        b + 1,
        Array.from({ length: 500 }, (_, i) => reading(NOON + b * 1_000 + i, b * 1_000 + i)),
      ),
    ]);

    test.each([
      [
        'killed three times',
        async () => {
          await own.kill();
          await own.again();
        },
      ],
      [
        'hanging three times',
        async () => {
          own.hang();
          await new Promise((r) => setTimeout(r, 700));
          own.goOn();
        },
      ],
    ])('%s while it is written to: everything is there, once', async (_, harm) => {
      const history = open({ url: own.url, writeWithin: 300 });
      let harming: Promise<void> = Promise.resolve();
      await drain(history, batches, (n) => {
        if (n % 20 === 10) harming = harming.then(harm);
      });
      await harming;
      const found = await history.raw({ ...all, limit: 100_000 });
      expect(found.map((i) => i.value)).toEqual(
        batches.flatMap((_, b) => Array.from({ length: 500 }, (_, i) => b * 1_000 + i)),
      );
      expect(await history.cursor()).toBe(60);
      expect(rejected).toEqual([]);
    });

    test('closing does not wait for a server that hangs', async () => {
      const history = open({ url: own.url, writeWithin: 60_000 });
      await history.keep(batches[0] ?? []);
      own.hang();
      const keeping = trouble(history.keep(batches[1] ?? []));
      const began = performance.now();
      await history.close();
      expect(performance.now() - began).toBeLessThan(10_000);
      expect((await keeping).kind).toBe('unreachable');
    });
  });

  describe('with credentials', () => {
    let guarded: Influxd;
    beforeAll(async () => {
      guarded = await Influxd.start({ http: '  auth-enabled = true' });
      await guarded.query("CREATE USER admin WITH PASSWORD 'pa:ss 密码' WITH ALL PRIVILEGES");
    });
    afterAll(() => guarded.stop());

    test('user and password of 1.x are the token; the password may hold a colon', async () => {
      const history = open({ url: guarded.url, token: 'admin:pa:ss 密码' });
      await history.keep([turn(1, [reading(NOON, 1)])]);
      expect(await values(history)).toEqual([1]);
      expect(told).toEqual([]);
    });

    test.each([null, 'admin:wrong-secret', 'nobody:wrong-secret'])(
      '%s: the operator is told, without the secret',
      async (token) => {
        const history = open({ url: guarded.url, token });
        await history.start();
        expect(told).toEqual([expect.stringMatching(/"kind":"unauthorised"/)]);
        expect(told.join()).not.toContain('wrong-secret');
        expect((await trouble(history.keep([turn(1, [reading(NOON, 1)])]))).kind).toBe('unauthorised');
      },
    );

    test('a user who may not make the database is told what an administrator does', async () => {
      await guarded.query("CREATE USER plain WITH PASSWORD 'plain'");
      const made = await fetch(`${guarded.url}/query`, {
        method: 'POST',
        headers: { Authorization: `Basic ${Buffer.from('admin:pa:ss 密码').toString('base64')}` },
        body: new URLSearchParams({ q: "CREATE USER plain WITH PASSWORD 'plain'" }),
      });
      expect(made.status).toBe(200);
      const history = open({ url: guarded.url, token: 'plain:plain' });
      await history.start();
      expect(told).toEqual([expect.stringMatching(/administrator runs CREATE DATABASE/)]);
    });
  });
});

describe('how 2.x and 3 are spoken to', () => {
  let server: Between;
  beforeEach(async () => {
    server = await Between.start('http://nobody');
  });
  afterEach(() => server.stop());

  const open = (version: '2' | '3', told: string[] = []): HistoryInflux =>
    new HistoryInflux({
      url: `${server.url}/behind/a/path/`,
      version,
      token: 'tok',
      org: version === '2' ? 'city of 亳州' : null,
      bucket: 'lifeline',
      lifelines: ['gas'],
      lifelineOf: () => 'gas',
      source: 'journal',
      lastTurn: as.turn(0),
      keepDays: 400,
      now: () => NOON,
      onTrouble: (msg, fields) => told.push(`${msg} ${JSON.stringify(fields)}`),
      onRejected: () => expect.fail('rejected'),
    });

  const json = (status: number, body: unknown): Meddling => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

  test('2: token, organisation and bucket; the mapping for InfluxQL is made where there is none', async () => {
    server.meddle = ({ method, path }) => {
      if (path.endsWith('/ping')) return { status: 204, headers: { 'x-influxdb-version': 'v2.7.11' } };
      if (path.includes('/api/v2/buckets'))
        return json(200, {
          buckets: [{ id: 'b1', name: 'lifeline', retentionRules: [{ everySeconds: 34_560_000 }] }],
        });
      if (path.includes('/api/v2/dbrps'))
        return method === 'GET' ? json(200, { content: [] }) : json(201, {});
      if (path.includes('/api/v2/write')) return { status: 204 };
      return json(200, { results: [{ statement_id: 0 }] });
    };
    const told: string[] = [];
    const history = open('2', told);
    await history.start();
    await history.keep([turn(1, [reading(NOON, 1)])]);
    expect(told).toEqual([]);
    expect(new Set(server.asked.map((a) => a.headers.authorization))).toEqual(new Set(['Token tok']));
    const writes = server.asked.filter((a) => a.path.includes('/write'));
    expect(writes.map((a) => a.path)).toEqual(
      Array(2).fill(
        '/behind/a/path/api/v2/write?org=city%20of%20%E4%BA%B3%E5%B7%9E&bucket=lifeline&precision=ms',
      ),
    );
    expect(writes.map((a) => a.body)).toEqual([
      `gas,point=GAS-1 ch4=1,ch4__q=0i,lag=300i ${NOON}`,
      `lifeline__drain,source=journal turn=1i,newest=${NOON}i ${NOON}`,
    ]);
    const mapping = server.asked.find((a) => a.method === 'POST' && a.path.includes('dbrps'));
    expect(JSON.parse(mapping?.body ?? '')).toMatchObject({
      bucketID: 'b1',
      database: 'lifeline',
      default: true,
    });
  });

  test('2: a bucket that the token cannot see is said', async () => {
    server.meddle = ({ path }) => (path.endsWith('/ping') ? { status: 204 } : json(200, { buckets: [] }));
    const told: string[] = [];
    await open('2', told).start();
    expect(told).toEqual([expect.stringMatching(/no bucket \\"lifeline\\" in the organisation/)]);
  });

  test('3: the database is made, with its retention, before it is asked anything; one that is there is left alone', async () => {
    let there = false;
    server.meddle = ({ method, path }) => {
      if (path.endsWith('/ping')) return json(200, { version: '3.4.1' });
      if (method === 'POST' && path.endsWith('/api/v3/configure/database')) {
        if (there) return json(409, { error: 'attempted to create a resource that already exists' });
        there = true;
        return json(200, {});
      }
      if (path.includes('/api/v2/write')) return { status: 204 };
      return there
        ? json(200, { results: [{ statement_id: 0 }] })
        : json(404, { error: 'query error: database not found: lifeline' });
    };
    const told: string[] = [];
    for (const n of [1, 2]) {
      const history = open('3', told);
      await history.start();
      await history.keep([turn(n, [reading(NOON, n)])]);
    }
    expect(told).toEqual([]);
    const [made] = server.asked.filter((a) => a.path.endsWith('/api/v3/configure/database'));
    expect(JSON.parse(made?.body ?? '')).toEqual({ db: 'lifeline', retention_period: '400d' });
    expect(made?.headers['content-type']).toBe('application/json');
  });

  test('3: bearer, and one statement a request', async () => {
    server.meddle = ({ path }) => {
      if (path.endsWith('/ping')) return json(200, { version: '3.4.1' });
      if (path.includes('/api/v2/write')) return { status: 204 };
      const q = new URL(path, 'http://x').searchParams.get('q') ?? '';
      if (q.startsWith('SHOW FIELD KEYS FROM "gas"'))
        return json(200, {
          results: [
            {
              series: [
                {
                  columns: ['fieldKey', 'fieldType'],
                  values: [
                    ['ch4', 'float'],
                    ['ch4__q', 'integer'],
                  ],
                },
              ],
            },
          ],
        });
      return json(200, { results: [{ statement_id: 0 }] });
    };
    const history = open('3');
    await history.start();
    await history.keep([turn(1, [reading(NOON, 1)])]);
    expect(await history.latest()).toEqual([]);
    const questions = server.asked.filter((a) => a.path.includes('/query?db=lifeline&epoch=ms&q='));
    expect(questions.length).toBeGreaterThan(3);
    expect(questions.filter((a) => decodeURIComponent(a.path).includes(';'))).toEqual([]);
    expect(new Set(server.asked.map((a) => a.headers.authorization))).toEqual(new Set(['Bearer tok']));
    expect(
      server.asked.some((a) => a.path === '/behind/a/path/api/v2/write?bucket=lifeline&precision=ms'),
    ).toBe(true);
    expect(await history.forgetBefore(NOON)).toBe(0);
  });
});
