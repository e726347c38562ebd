import { describe, expect, test } from 'vitest';
import { PACKS } from '../../src/packs/index.ts';
import { mapFrame } from '../../src/wire/mapping/frames.ts';
import { telemetryOf } from '../../src/wire/mapping/gather.ts';
import { mapJson, namesOf } from '../../src/wire/mapping/json.ts';
import { linesOf } from '../../src/wire/mapping/lines.ts';
import { packDirectory } from '../../src/wire/mapping/pack-directory.ts';
import { readMapping } from '../../src/wire/mapping/read.ts';
import type { FrameMapping, JsonMapping } from '../../src/wire/mapping/schema.ts';

const OUTFALL = {
  name: 'hj212-outfall',
  protocol: 'hj212',
  zone: '+08:00',
  station: { field: 'MN', device: 'table', table: { '010000A8900016F000169DC0': 'OUTFALL-01' } },
  take: [
    { code: 'w01018', field: 'Rtd', metric: 'cod', unit: 'mg/L' },
    { code: 'w00000', field: 'Rtd', metric: 'flow', unit: 'm3/h', times: 3.6 },
    { code: 'w99999', metric: null },
  ],
  flags: { N: 'good', T: 'doubtful:over-range', D: 'bad:fault' },
  sentinels: [9999, -9999],
  commands: { '2051': 'drop' },
};
const LEVEL = {
  name: 'level',
  protocol: 'json',
  station: { at: 'id' },
  values: { take: { level: 'level' } },
};

function mapping<T>(given: unknown): T {
  const read = readMapping(JSON.stringify(given));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value as T;
}
const outfall = (more: object = {}) => mapping<FrameMapping>({ ...OUTFALL, ...more });
const json = (more: object = {}) => mapping<JsonMapping>({ ...LEVEL, ...more });
const directory = packDirectory(PACKS)({ 'OUTFALL-01': 'drainage', W1: 'waterlogging', W2: 'waterlogging' });
const frame = (...items: Parameters<typeof mapFrame>[1]['items']) => ({
  station: '010000A8900016F000169DC0',
  command: '2011',
  at: Date.UTC(2026, 7, 1, 8, 58),
  items,
});
const item = (code: string, raw: number | null, flag: string | null = 'N') => ({
  code,
  field: 'Rtd',
  raw,
  valid: raw !== null,
  flag,
});

const directoryOf = packDirectory(PACKS);

describe('a mapping file', () => {
  test.each([
    ['{\n  "name": "a",\n  "protocol": "json",\n}', 4, 'not JSON'],
    ['{\n  "name": "a",\n  "protocol": yes\n}', 3, 'not JSON'],
    ['{\n  "name": "a",\n  "protocol": "json"', 3, 'not JSON'],
    ['{\n  "name": "a",\n  "protocol": "json",\n  "name": "b"\n}', 4, 'twice'],
    ['{\n  "name": "a",\n  "protocol": "morse"\n}', 3, ''],
  ])('that is broken says in which line: %#', (text, line, why) => {
    const read = readMapping(text);
    expect(read.ok).toBe(false);
    expect(read.ok ? [] : read.error.map((f) => f.line)).toContain(line);
    expect(read.ok ? '' : read.error.map((f) => f.why).join()).toContain(why);
  });

  test.each([
    [{ ...LEVEL, vallues: 1 }, 'vallues'],
    [{ ...LEVEL, zone: 'Atlantis' }, 'zone'],
    [{ ...LEVEL, values: { take: { level: { metric: 'level', tims: 2 } } } }, 'tims'],
    [{ ...LEVEL, values: { take: { level: { metric: 'level', times: 'two' } } } }, 'times'],
    [{ ...LEVEL, station: { at: 'id', table: { A: 'no device code!' } } }, '"A"'],
    [{ ...OUTFALL, flags: { N: 'fine' } }, '"N"'],
    [
      {
        ...OUTFALL,
        take: [
          { code: 'a', metric: 'cod' },
          { kode: 'b', metric: 'cod' },
        ],
      },
      'kode',
    ],
  ])('points at what is not known or wrong: %#', (given, where) => {
    const text = JSON.stringify(given, null, 2);
    const read = readMapping(text);
    const lines = text.split('\n');
    const pointedAt = read.ok ? [] : read.error.map((f) => lines[f.line - 1]);
    expect(pointedAt.join('\n')).toContain(where);
  });

  test('no text makes it throw, and every line is one of the file', () => {
    const text = JSON.stringify(OUTFALL, null, 1);
    const all = text.split('\n').length;
    for (let i = 0; i < text.length; i++) {
      for (const bad of [
        text.slice(0, i),
        `${text.slice(0, i)}~${text.slice(i + 1)}`,
        `${text.slice(0, i)}"${text.slice(i)}`,
      ]) {
        const read = readMapping(bad);
        for (const { line } of read.ok ? [] : read.error) expect(line >= 1 && line <= all, bad).toBe(true);
      }
    }
  });

  test('depth costs no stack', () => {
    expect(readMapping('['.repeat(500_000) + ']'.repeat(500_000)).ok).toBe(false);
    expect(linesOf('[\n[\n{"a":\n1}]]').lineOf([0, 0, 'a'])).toBe(3);
  });
});

describe('a dissected frame', () => {
  test('becomes telemetry: units, factors, the zone of the mapping, flags', () => {
    const { packets, flaws, unknown } = mapFrame(
      outfall(),
      frame(item('w01018', 36.2), item('w00000', 21.5, 'D'), item('w99999', 1)),
      directory,
    );
    expect({ packets, flaws, unknown }).toEqual({
      packets: [
        {
          station: '010000A8900016F000169DC0',
          device: 'OUTFALL-01',
          lifeline: 'drainage',
          seq: null,
          instants: [
            {
              ts: Date.UTC(2026, 7, 1, 0, 58),
              values: { cod: 36.2, flow: 77.4 },
              quality: { flow: 'bad:fault' },
            },
          ],
        },
      ],
      flaws: [],
      unknown: [],
    });
    expect(JSON.parse(telemetryOf(packets[0] as never))).toMatchObject({ values: { cod: 36.2 } });
  });

  test('over range is doubtful, an unknown flag is no good word, a sentinel is no value', () => {
    const { packets } = mapFrame(outfall(), frame(item('w01018', 900, 'T'), item('w00000', 9999)), directory);
    expect(packets[0]?.instants[0]).toMatchObject({
      values: { cod: 900, flow: null },
      quality: { cod: 'doubtful:over-range', flow: 'bad:sentinel' },
    });
    const odd = mapFrame(outfall(), frame(item('w01018', 3, 'Q')), directory);
    expect(odd.packets[0]?.instants[0]?.quality).toEqual({ cod: 'doubtful:flag' });
  });

  test('each value has its own time where the frame gives it one', () => {
    const at = Date.UTC(2026, 7, 1, 8, 5);
    const { packets } = mapFrame(
      outfall(),
      frame({ ...item('w01018', 1), at }, { ...item('w01018', 2), at: at + 300_000 }, item('w01018', null)),
      directory,
    );
    expect(packets[0]?.instants.map((i) => [i.ts, i.values.cod])).toEqual([
      [at - 8 * 3_600_000, 1],
      [at - 8 * 3_600_000 + 300_000, 2],
      [Date.UTC(2026, 7, 1, 0, 58), null],
    ]);
  });

  test('of a station that the table does not have is unknown, and so is one whose device is in no register', () => {
    const stranger = mapFrame(outfall(), { ...frame(item('w01018', 1)), station: 'OTHER' }, directory);
    expect(stranger).toMatchObject({
      packets: [],
      unknown: [{ station: 'OTHER', device: 'OTHER', metrics: ['cod'] }],
    });
    const unregistered = mapFrame(
      outfall({ lifeline: 'drainage' }),
      frame(item('w01018', 1)),
      directoryOf({}),
    );
    expect(unregistered.unknown).toEqual([
      { station: '010000A8900016F000169DC0', device: 'OUTFALL-01', lifeline: 'drainage', metrics: ['cod'] },
    ]);
  });

  test('of a command that is dropped is nothing, and a code that nobody named is a flaw', () => {
    expect(mapFrame(outfall(), { ...frame(item('w01018', 1)), command: '2051' }, directory)).toMatchObject({
      packets: [],
      flaws: [],
      leftOut: true,
    });
    const { flaws } = mapFrame(outfall(), frame(item('w31415', 1)), directory);
    expect(flaws.map((f) => f.code)).toEqual(['unknown-code']);
  });

  test('a mark makes the others bad, and a bit of a state word is a flag', () => {
    const given = outfall({
      take: [
        { code: 'w01018', metric: 'cod' },
        { code: 'state', metric: 'powerLoss', bit: 0 },
        { code: 'state', metric: 'pumpFault', bit: 6 },
      ],
      marks: [{ code: 'state', bit: 6, is: 1, metrics: ['cod'], as: 'bad:meter' }],
    });
    const { packets } = mapFrame(
      given,
      frame(item('w01018', 1), { code: 'state', raw: 0b1000000, valid: true }),
      directory,
    );
    expect(packets[0]?.instants[0]).toMatchObject({
      values: { cod: 1, powerLoss: 0, pumpFault: 1 },
      quality: { cod: 'bad:meter' },
    });
  });

  test("a station's base level is added in our unit", () => {
    const given = mapping<FrameMapping>({
      ...OUTFALL,
      station: { device: 'table', table: { S: { device: 'OUTFALL-01', plus: { level: 12.5 } } } },
      take: [{ code: 'F5', metric: 'level', unit: 'cm' }],
    });
    const { packets } = mapFrame(
      given,
      { ...frame({ code: 'F5', raw: 301, valid: true }), station: 'S' },
      directory,
    );
    expect(packets[0]?.instants[0]?.values).toEqual({ level: 15.51 });
  });

  test('a full-scale code is a fault as it was sent, whatever the factor makes of it', () => {
    const given = outfall({ take: [{ code: 'w01018', metric: 'cod', times: 0.013 }], sentinels: [] });
    const { packets } = mapFrame(given, frame(item('w01018', 65535)), directory);
    expect(packets[0]?.instants[0]).toMatchObject({
      values: { cod: null },
      quality: { cod: 'bad:sentinel' },
    });
  });
});

describe('a document', () => {
  const values = (given: JsonMapping, document: unknown, names = {}) =>
    mapJson(given, { json: document, names }, directory).packets.map((p) => [p.device, p.instants]);

  test('of many devices with many instants each', () => {
    const given = json({ each: ['/devices', 'data'], station: { at: '$1' }, time: { at: 'ts' } });
    const byKey = json({
      each: ['/*', '.'],
      station: { at: '$1' },
      time: { at: 'ts' },
      values: { at: 'values', take: { level: 'level' } },
    });
    expect(
      values(byKey, {
        W1: [{ ts: 1_764_547_200_000, values: { level: 1 } }],
        W2: [{ values: { level: 2 } }],
      }),
    ).toEqual([
      ['W1', [{ ts: 1_764_547_200_000, values: { level: 1 } }]],
      ['W2', [{ values: { level: 2 } }]],
    ]);
    expect(mapJson(given, { json: {} }, directory).flaws.map((f) => f.code)).toEqual(['nothing-there']);
  });

  test('with a time of its own for each value', () => {
    const given = json({
      values: {
        at: 'params',
        value: 'value',
        time: 'time',
        take: { WF: 'level', WD: { metric: 'depth', unit: 'mm' } },
      },
    });
    expect(
      values(given, {
        id: 'W1',
        params: { WF: { value: 2, time: 1_764_547_200_000 }, WD: { value: 70, time: 1_764_547_260_000 } },
      }),
    ).toEqual([
      [
        'W1',
        [
          { ts: 1_764_547_200_000, values: { level: 2 } },
          { ts: 1_764_547_260_000, values: { depth: 7 } },
        ],
      ],
    ]);
  });

  test('with a list of names and values, words and numbers as text', () => {
    const given = json({
      values: {
        at: 'items',
        name: 'code',
        value: 'v',
        take: { a: { metric: 'level', text: true }, b: { metric: 'water', words: { wet: 1, dry: 0 } } },
      },
    });
    expect(
      values(given, {
        id: 'W1',
        items: [
          { code: 'a', v: '12.50' },
          { code: 'b', v: 'wet' },
        ],
      }),
    ).toEqual([['W1', [{ values: { level: 12.5, water: 1 } }]]]);
    const { flaws } = mapJson(
      given,
      {
        json: {
          id: 'W1',
          items: [
            { code: 'a', v: 'x' },
            { code: 'b', v: 'damp' },
          ],
        },
      },
      directory,
    );
    expect(flaws.map((f) => f.code)).toEqual(['text-value', 'unknown-word']);
  });

  test('inside the text of another, and of a device that the topic names', () => {
    const given = json({
      open: [{ at: '/msg', as: 'json' }],
      station: { at: '$station' },
      topics: ['a/{station}/up'],
    });
    const names = namesOf(given.topics, 'a/W2/up');
    expect(values(given, { msg: '{"level":3}' }, names ?? {})).toEqual([['W2', [{ values: { level: 3 } }]]]);
    expect(namesOf(given.topics, 'a/W2/down')).toBeNull();
    expect(mapJson(given, { json: { msg: 'nonsense' } }, directory).flaws[0]?.code).toBe('not-json');
  });

  test('that lies about its own shape makes nothing throw', () => {
    const given = json({ each: ['/a/*', 'b'], time: { at: ['t', '/t'] }, dedup: { at: '/id' }, seq: 'n' });
    const odd: unknown[] = [
      null,
      1,
      'x',
      [],
      {},
      { a: null },
      { a: [1, null, { b: [[]] }] },
      { a: { x: { b: { id: {}, t: {} } } } },
      { a: { __proto__: 1, b: { b: { id: 'W1', t: [], level: {}, n: -1 } } } },
    ];
    for (const document of odd) expect(() => mapJson(given, { json: document }, directory)).not.toThrow();
    expect(() =>
      mapJson(given, { json: JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`) }, directory),
    ).not.toThrow();
  });
});
