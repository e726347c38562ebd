import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../../src/domain/time.ts';
import { BOM, csvRows } from '../../../src/wire/files/csv.ts';
import { START } from '../../flow/flow-harness.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
});
afterEach(() => edge.close());

const iso = (t: number) => new Date(t).toISOString();
const ofPoint = { params: { code: 'GAS-1' } };

/** Four days ago: devices may say so (C14), and nobody's session ends over it. */
const BEGIN = START - minutes(6_000);

/** `n` readings, one a minute from then on. */
async function readings(n: number): Promise<void> {
  const instants = Array.from({ length: n }, (_, i) => ({
    ts: BEGIN + i * minutes(1),
    values: { ch4: i === 7 ? 15 : 1 },
  }));
  for (let i = 0; i < n; i += 5_000) {
    await edge.flow.telemetry('gas', 'GAS-1', instants.slice(i, i + 5_000));
  }
  await edge.stored();
}

describe('while the history store is away', () => {
  const query = { metric: 'ch4', from: iso(BEGIN), to: iso(BEGIN + minutes(60)) };
  const trouble = Object.assign(new Error('connect ECONNREFUSED'), { kind: 'unreachable' });

  test('charts and exports say so, and the latest values are told from memory', async () => {
    await readings(5);
    edge.flow.history.raw = () => Promise.reject(trouble);
    edge.flow.history.buckets = () => Promise.reject(trouble);
    for (const told of [
      await edge.ask('readings', { ...ofPoint, query }),
      await edge.ask('readings', { ...ofPoint, query: { ...query, buckets: 10 } }),
      await edge.ask('readingsCsv', { ...ofPoint, query }),
    ]) {
      expect([told.status, told.json.code]).toEqual([503, 'store-unavailable']);
      expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const latest = await edge.ask('latestOfPoint', ofPoint);
    expect(latest.json.items).toMatchObject([{ metric: 'ch4', value: 1 }]);
    expect(edge.lines.map((l) => l.msg)).not.toContain('a request met a fault of ours');
  });

  test('a store that hangs does not let a person wait for half a minute', async () => {
    await readings(5);
    const { history, drain, clock, journal } = edge.flow;
    history.keep = () => Promise.reject(trouble);
    journal.spooled = async () => [{ turn: edge.flow.core.lastTurn, body: '' }];
    drain.start(edge.flow.core.lastTurn);
    clock.forward(1);
    await expect.poll(() => drain.state).toBe('failing');
    const asked = new Promise<void>((resolve) => {
      history.raw = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const told = edge.ask('readings', { ...ofPoint, query });
    await asked;
    clock.forward(3_000);
    expect((await told).json.code).toBe('store-unavailable');
  });
});

describe('the readings of a point', () => {
  test('are oldest first, from inclusive to exclusive, the same whatever the page', async () => {
    await readings(60);
    const query = { metric: 'ch4', from: iso(BEGIN + minutes(10)), to: iso(BEGIN + minutes(50)) };
    const whole = (await edge.ask('readings', { ...ofPoint, query })).json;
    expect(whole.items).toHaveLength(40);
    expect(whole.next).toBeNull();
    expect(whole.items[0]).toEqual({
      t: iso(BEGIN + minutes(10)),
      value: 1,
      quality: 'good',
      backfill: true,
    });
    const paged: unknown[] = [];
    let after: string | null = null;
    do {
      const { json } = await edge.ask('readings', {
        ...ofPoint,
        query: { ...query, limit: 7, ...(after ? { after } : {}) },
      });
      expect(json.items.length).toBeLessThanOrEqual(7);
      paged.push(...json.items);
      after = json.next;
    } while (after !== null);
    expect(paged).toEqual(whole.items);
  });

  test('come in pages of at most 5,000', async () => {
    await readings(5_001);
    const query = { metric: 'ch4', from: iso(BEGIN - 1), to: iso(BEGIN + minutes(6_000)) };
    const { json } = await edge.ask('readings', { ...ofPoint, query });
    expect(json.items).toHaveLength(5_000);
    expect(
      (await edge.ask('readings', { ...ofPoint, query: { ...query, after: json.next } })).json.items,
    ).toHaveLength(1);
    expect((await edge.ask('readings', { ...ofPoint, query: { ...query, limit: 5_001 } })).status).toBe(400);
  });

  test('as buckets keep the spike and leave out what is empty', async () => {
    await readings(60);
    const query = { metric: 'ch4', from: iso(BEGIN), to: iso(BEGIN + minutes(120)), buckets: 12 };
    const { items, next } = (await edge.ask('readings', { ...ofPoint, query })).json;
    expect(items).toHaveLength(6);
    expect(next).toBeNull();
    expect(items[0]).toEqual({
      t: iso(BEGIN),
      min: 1,
      max: 15,
      avg: expect.closeTo(2.4),
      n: 10,
      worstQuality: expect.any(String),
    });
  });

  test('say what is wrong with a bad one', async () => {
    await edge.flow.telemetry('gas', 'GAS-1', { values: { ch4: null } });
    await edge.stored();
    edge.flow.clock.forward(1);
    const { json } = await edge.ask('readings', { ...ofPoint, query: { metric: 'ch4' } });
    expect(json.items[0]).toMatchObject({ value: null, quality: 'bad', why: 'not-a-number' });
    expect((await edge.ask('latestOfPoint', ofPoint)).json.items[0]).toMatchObject({ quality: 'bad' });
  });

  test.each([
    [{}, 'query.metric'],
    [{ metric: 'ch4', from: '2026-06-02T00:00:00Z', to: '2026-06-01T00:00:00Z' }, 'query.from'],
    [{ metric: 'ch4', from: '2026-06-01 00:00' }, 'query.from'],
    [{ metric: 'ch4', buckets: 0 }, 'query.buckets'],
    [{ metric: 'ch4', buckets: 5_001 }, 'query.buckets'],
    [{ metric: 'x'.repeat(65) }, 'query.metric'],
  ])('a question that is not right is told so: %j', async (query, at) => {
    await edge.raise('GAS-1');
    const told = await edge.ask('readings', { ...ofPoint, query: query as Record<string, string> });
    expect([told.status, told.json.errors[0].at]).toEqual([400, at]);
  });

  test('of a point that does not exist are a 404, of a metric without readings an empty list', async () => {
    const none = await edge.ask('readings', { params: { code: 'none' }, query: { metric: 'ch4' } });
    expect([none.status, none.json.code]).toEqual([404, 'point-unknown']);
    await edge.raise('GAS-1');
    expect((await edge.ask('readings', { ...ofPoint, query: { metric: 'h2s' } })).json.items).toEqual([]);
  });
});

describe('the latest readings', () => {
  test('have unit, quality and age, and are paged in order of point and metric', async () => {
    await edge.flow.telemetry('gas', 'G-2', { values: { ch4: 1, temp: 20 } });
    await edge.flow.telemetry('gas', 'G-1', { values: { ch4: 2 } });
    await edge.flow.telemetry('bridge', 'B-1', { values: { battery: 50 }, battery: 50 });
    edge.flow.clock.forward(3_000);
    const { items } = (await edge.ask('latest', { query: { lifeline: 'gas' } })).json;
    expect(items.map((i: { pointCode: string; metric: string }) => [i.pointCode, i.metric])).toEqual([
      ['G-1', 'ch4'],
      ['G-2', 'ch4'],
      ['G-2', 'temp'],
    ]);
    expect(items[0]).toMatchObject({ value: 2, unit: '%LEL', quality: 'good', ageMs: 3_000 });
    const paged: unknown[] = [];
    let after: string | null = null;
    do {
      const query = { lifeline: 'gas', limit: 1, ...(after ? { after } : {}) };
      const { json } = await edge.ask('latest', { query });
      paged.push(...json.items);
      after = json.next;
    } while (after !== null);
    expect(paged).toEqual(items);
    expect((await edge.ask('latest', { query: { area: '99' } })).json.items).toEqual([]);
    expect((await edge.ask('latest', { query: { after: 'x' } })).json.code).toBe('bad-cursor');
  });
});

describe('the export of readings', () => {
  test('opens in a spreadsheet: mark, Chinese header, Beijing time, formulas disarmed', async () => {
    await readings(3);
    await edge.ask('changePoint', { ...ofPoint, body: { name: '=cmd()' } });
    const query = { metric: 'ch4', from: iso(BEGIN) };
    const { text, headers } = await edge.ask('readingsCsv', { ...ofPoint, query });
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="readings-GAS-1.csv"');
    expect(Buffer.from(text).subarray(0, 3)).toEqual(Buffer.from(BOM));
    const [header, first, ...rest] = [...csvRows(text)].map((r) => r.cells);
    expect(header?.slice(0, 2)).toEqual(['监测点编码', '监测点名称']);
    expect(first?.[1]).toBe("'=cmd()");
    expect(first?.slice(5, 9)).toEqual(['2026-05-28 04:00:00.000', iso(BEGIN), '1', '正常']);
    expect(rest).toHaveLength(2);
  });

  test('of a long time comes in pieces, whole and once', async () => {
    await readings(3_500);
    const query = { metric: 'ch4', from: iso(BEGIN), to: iso(BEGIN + minutes(4_000)) };
    const { text } = await edge.ask('readingsCsv', { ...ofPoint, query });
    const times = [...csvRows(text)].slice(1).map((r) => r.cells[6]);
    expect(times).toHaveLength(3_500);
    expect(new Set(times).size).toBe(3_500);
  });

  test('of every metric of the point, when none is named', async () => {
    await edge.flow.telemetry('gas', 'GAS-1', { values: { ch4: 1, temp: 20 }, battery: 90 });
    await edge.stored();
    edge.flow.clock.forward(1);
    const { text } = await edge.ask('readingsCsv', ofPoint);
    expect([...csvRows(text)].slice(1).map((r) => r.cells[2])).toEqual(['ch4', 'temp', 'battery']);
  });
});

describe('the export of several points', () => {
  const cells = (text: string, ...columns: number[]) =>
    [...csvRows(text)].slice(1).map((r) => columns.map((c) => r.cells[c]));

  beforeEach(async () => {
    const imported = await edge.ask('importRegister', {
      csv: [
        'kind,code,name,parent,lifeline,area,asset,point',
        'area,3416,亳州市,,,,,',
        'area,341602,谯城区,3416,,,,',
        'area,341621,涡阳县,3416,,,,',
        'point,GAS-A,甲,,gas,341602,,',
        'point,GAS-B,乙,,gas,341621,,',
        'point,WATER-A,丙,,waterlogging,341602,,',
        'device,GAS-A,,,gas,,,GAS-A',
        'device,GAS-B,,,gas,,,GAS-B',
        'device,WATER-A,,,waterlogging,,,WATER-A',
      ].join('\n'),
    });
    expect(imported.json.errors).toEqual([]);
    for (const [lifeline, code, metric] of [
      ['gas', 'GAS-A', 'ch4'],
      ['gas', 'GAS-B', 'ch4'],
      ['waterlogging', 'WATER-A', 'depth'],
    ] as const)
      await edge.flow.telemetry(lifeline, code, { values: { [metric]: 2 }, battery: 90 });
    await edge.stored();
    edge.flow.clock.forward(1);
  });

  test('is one file in the columns of one point’s, chosen by code, lifeline, district and metric', async () => {
    const all = await edge.ask('readingsOfPointsCsv', {});
    expect(all.headers.get('content-disposition')).toBe('attachment; filename="readings.csv"');
    expect(all.text.split(BOM)).toHaveLength(2);
    expect(cells(all.text, 0, 2, 7)).toEqual([
      ['GAS-A', 'ch4', '2'],
      ['GAS-A', 'battery', '90'],
      ['GAS-B', 'ch4', '2'],
      ['GAS-B', 'battery', '90'],
      ['WATER-A', 'depth', '2'],
      ['WATER-A', 'battery', '90'],
    ]);
    const of = async (query: Record<string, string>) => {
      const { status, text } = await edge.ask('readingsOfPointsCsv', { query });
      expect(status).toBe(200);
      return cells(text, 0, 2).map(String);
    };
    expect(await of({ points: 'WATER-A,GAS-A', metric: 'battery' })).toEqual([
      'WATER-A,battery',
      'GAS-A,battery',
    ]);
    expect(await of({ lifeline: 'gas', area: '341621' })).toEqual(['GAS-B,ch4', 'GAS-B,battery']);
    expect(await of({ metric: 'depth' })).toEqual(['WATER-A,depth']);
    expect(await of({ area: '37' })).toEqual([]);
  });

  test('has nothing of another district, and does not say whether a point of it is there', async () => {
    const token = await edge.person('zhao', ['analyst'], ['341602']);
    const mine = await edge.ask('readingsOfPointsCsv', { token });
    expect(mine.status).toBe(200);
    expect(new Set(cells(mine.text, 0).flat())).toEqual(new Set(['GAS-A', 'WATER-A']));
    for (const points of ['GAS-A,GAS-B', 'GAS-A,NOBODY']) {
      const told = await edge.ask('readingsOfPointsCsv', { token, query: { points } });
      expect([told.status, told.json.code]).toEqual([404, 'point-unknown']);
    }
  });
});

describe('telemetry pushed over HTTP', () => {
  test('is on disk when it is called accepted, item by item', async () => {
    const { status, json } = await edge.ask('telemetry', {
      body: [
        { lifeline: 'gas', device: 'G-1', values: { ch4: 60 } },
        { lifeline: 'gas', device: '../../x', values: { ch4: 60 } },
        { lifeline: 'gas', device: 'G-2', values: { ch4: 1, nonsense: 2 } },
        { lifeline: 'nothing', device: 'G-3', values: { ch4: 1 } },
        'x',
      ],
    });
    expect(status).toBe(202);
    expect(json.accepted).toBe(3);
    expect(json.items.map((i: { accepted: boolean }) => i.accepted)).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(json.items[2].flaws[0].code).toBe('unknown-metric');
    expect(json.items[3].flaws[0].code).toBe('unknown-lifeline');
    expect(edge.flow.open('G-1')).toHaveLength(1);
    expect((await edge.ask('latestOfPoint', { params: { code: 'G-1' } })).json.items[0].value).toBe(60);
  });

  test.each([[[]], [{ items: [] }], [{ items: 1 }], [Array(1_001).fill({})]])(
    'a body that holds no item, or too many, is refused: %#',
    async (body) => {
      const told = await edge.ask('telemetry', { body });
      expect([told.status, told.json.code]).toEqual([400, 'invalid']);
    },
  );

  test('that waits too long is told to come back', async () => {
    edge.flow.spoolBound = 0;
    const asked = edge.ask('telemetry', { body: { lifeline: 'gas', device: 'G-1', values: { ch4: 1 } } });
    let told: Awaited<typeof asked> | null = null;
    void asked.then((t) => {
      told = t;
    });
    while (told === null) {
      edge.flow.clock.forward(5_000);
      await edge.ask('livez', { token: null });
    }
    const { status, json, headers } = await asked;
    expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'too-busy', '30']);
    edge.flow.spoolBound = Number.POSITIVE_INFINITY;
    await edge.flow.turn.tick();
  });

  test('what was set aside can be looked at, with its bytes and a text for people', async () => {
    await edge.flow.packet('lifeline/v1/gas/G-1/telemetry', new Uint8Array([0xff, 0x00, 0x41]));
    await edge.flow.packet('lifeline/v1/gas/G-2/telemetry', '{"values":\u0007');
    const { items } = (await edge.ask('quarantine')).json;
    expect(items).toHaveLength(2);
    expect(Buffer.from(items[1].bytes, 'base64')).toEqual(Buffer.from([0xff, 0x00, 0x41]));
    expect(items[1].text).toBe('\ufffd\ufffdA');
    expect(items[1].size).toBe(3);
    const { json } = await edge.ask('quarantine', { query: { device: 'G-2' } });
    expect(json.items.map((i: { device: string }) => i.device)).toEqual(['G-2']);
  });

  test('a page of what was set aside ends when its bytes are many, and the next goes on', async () => {
    const big = new Uint8Array(200 * 1_024).fill(0x7b);
    for (let i = 0; i < 50; i++) await edge.flow.packet(`lifeline/v1/gas/G-${i}/telemetry`, big);
    const ids: number[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const { json, text } = await edge.ask('quarantine', {
        query: { limit: 1_000, ...(after ? { after } : {}) },
      });
      expect(text.length).toBeLessThan(12_000_000);
      ids.push(...json.items.map((i: { id: number }) => i.id));
      after = json.next;
      pages += 1;
    } while (after !== null);
    expect(pages).toBeGreaterThan(1);
    expect(ids).toEqual(Array.from({ length: 50 }, (_, i) => 50 - i));
  });
});
