import { describe, expect, test } from 'vitest';
import { CsvReader } from '../../src/commands/import/csv.ts';
import { LineProtocolReader, parseLine } from '../../src/commands/import/line-protocol.ts';
import { Naming } from '../../src/commands/import/naming.ts';
import { as } from '../../src/domain/ids.ts';
import { PACKS } from '../../src/packs/index.ts';
import { NO_MAPPING, readStockMapping, type StockMapping } from '../../src/wire/files/stock-mapping.ts';
import { TimeReader } from '../../src/wire/mapping/times.ts';

const NOW = Date.UTC(2026, 5, 1);
const point = (code: string) => ({
  code: as.point(code),
  name: `井 ${code}`,
  lifeline: as.lifeline('gas'),
  area: as.area('341602'),
});
const naming = (mapping: StockMapping = NO_MAPPING) =>
  new Naming({ points: [point('GAS-1'), point('=GAS,2')], packs: PACKS, mapping, now: NOW, keepDays: 400 });

describe('times', () => {
  const T = Date.UTC(2026, 0, 31, 8);
  test.each([
    ['2026-01-31 16:00:00', T],
    ['2026/1/31 16:00', T],
    ['2026年1月31日 16时00分00秒', T],
    ['2026-01-31T08:00:00.250Z', T + 250],
    ['2026-01-31T16:00:00+0800', T],
    ['20260131160000', T],
    [String(T), T],
    [String(T / 1_000), T],
    [`${T}000001`, T],
    [`${T}000000`, T],
    ['2026-04-31 00:00:00', null],
    ['昨天', null],
    ['', null],
  ])('%s is understood as Beijing time where it does not say its offset', (text, t) => {
    expect(new TimeReader('auto', '+08:00').read(text)).toBe(t);
  });

  test('a zone by name knows its summer time', () => {
    const berlin = new TimeReader('auto', 'Europe/Berlin');
    expect(berlin.read('2026-07-01 12:00:00')).toBe(Date.UTC(2026, 6, 1, 10));
    expect(berlin.read('2026-01-01 12:00:00')).toBe(Date.UTC(2026, 0, 1, 11));
    expect(() => new TimeReader('auto', 'Atlantis')).toThrow('+08:00');
  });

  test('days of Excel, and the day before or after the month', () => {
    expect(new TimeReader('excel', 'Z').read('46053.5')).toBe(Date.UTC(2026, 0, 31, 12));
    expect(new TimeReader('d/M/y', 'Z').read('31/1/2026 12:00')).toBe(Date.UTC(2026, 0, 31, 12));
    expect(new TimeReader('M/d/y', 'Z').read('1/31/2026 12:00')).toBe(Date.UTC(2026, 0, 31, 12));
  });
});

describe('line protocol', () => {
  test('every type of value and every escape is read', () => {
    expect(
      parseLine(
        'g\\,a\\ s,po\\=int=\\=GAS\\,2,x=y a=1.5,b=-3i,c=7u,d=T,e=false,f="x, y=\\"z\\" w",g=1e-3 17',
      ),
    ).toEqual({
      measurement: 'g,a s',
      tags: new Map([
        ['po=int', '=GAS,2'],
        ['x', 'y'],
      ]),
      fields: new Map<string, unknown>([
        ['a', 1.5],
        ['b', -3],
        ['c', 7],
        ['d', 1],
        ['e', 0],
        ['f', 'text is no reading'],
        ['g', 0.001],
      ]),
      time: '17',
    });
  });

  test.each([
    'gas',
    'gas,point ch4=1',
    'gas ch4= 1',
    'gas ch4=1 x',
    'gas ch4="a 1',
    ',a=b c=1',
    'gas ch4=1x 1',
    'a b=1 1 1',
  ])('what is none is told: %s', (line) => expect(parseLine(line)).toBeTypeOf('string'));

  test('times are of the precision that was named, and an unlikely one is told', () => {
    const read = (precision: 'ns' | 'ms') => {
      const reader = new LineProtocolReader({ naming: naming(), mapping: NO_MAPPING, precision });
      const text = `gas,point=GAS-1 ch4=1.5,temp=20i ${NOW - 1_000}`;
      return [...reader.rows([{ number: 1, text }])][0];
    };
    expect(read('ms')?.readings.map((r) => [r.metric, r.value, r.observedAt])).toEqual([
      ['ch4', 1.5, NOW - 1_000],
      ['temp', 20, NOW - 1_000],
    ]);
    expect(read('ns')).toMatchObject({ readings: [], wrong: [expect.stringContaining('--precision')] });
  });
});

describe('a mapping', () => {
  const mapped = readStockMapping(
    JSON.stringify({
      columns: { point: 'STCD', time: 'TM', metric: 'PARA', value: 'VAL' },
      points: { A001: 'GAS-1' },
      metrics: { 甲烷: { metric: 'ch4', unit: '%VOL' }, ignore: null },
      time: { format: 'auto', zone: 'Z' },
    }),
  ) as StockMapping;

  test('gives foreign headings, points, metrics, units and zones their meaning', () => {
    const reader = new CsvReader('STCD\tTM\tPARA\tVAL\n', {
      naming: naming(mapped),
      mapping: mapped,
      zone: 'Z',
    });
    const lines = ['STCD\tTM\tPARA\tVAL', 'A001\t2026-05-01 00:00:00\t甲烷\t2'].map((text, i) => ({
      number: i + 1,
      text,
    }));
    expect([...reader.rows(lines)].flatMap((r) => [...r.wrong, ...r.readings])).toMatchObject([
      {
        point: 'GAS-1',
        metric: 'ch4',
        value: 40,
        observedAt: Date.UTC(2026, 4, 1),
        quality: { grade: 'good' },
      },
    ]);
  });

  test('says what is wrong with itself', () => {
    expect(readStockMapping('{')).toContain('not JSON');
    expect(readStockMapping('{"colums":{}}')).toContain('colums');
  });
});

test('a value outside its range, and a sentinel, are judged as at the intake; a stray quote costs its own row only', () => {
  const heading = '监测点编码,时间,ch4';
  const reader = new CsvReader(heading, { naming: naming(), mapping: NO_MAPPING, zone: '+08:00' });
  const texts = [
    heading,
    'GAS-1,2026-05-01,-1',
    'GAS-1,"2026-05-02,5',
    "'=GAS,2",
    'GAS-1,2026-05-03,9999',
    `"'=GAS,2",2026-05-04,1`,
  ];
  const rows = [...reader.rows(texts.map((text, i) => ({ number: i + 1, text })))];
  expect(rows.map((r) => r.readings.map((x) => [x.point, x.value, x.quality]))).toEqual([
    [['GAS-1', -1, { grade: 'bad', why: 'out-of-range' }]],
    [],
    [],
    [['GAS-1', null, { grade: 'bad', why: 'sentinel' }]],
    [['=GAS,2', 1, { grade: 'good' }]],
  ]);
});

describe('fault values are known as the file has them', () => {
  const readings = (heading: string, rows: readonly string[], mapping: StockMapping = NO_MAPPING) => {
    const reader = new CsvReader(`${heading}\n`, { naming: naming(mapping), mapping, zone: '+08:00' });
    const lines = [heading, ...rows].map((text, i) => ({ number: i + 1, text, tooLong: false }));
    return [...reader.rows(lines as never)].flatMap((r) => r.readings).map((r) => [r.value, r.quality]);
  };
  const FAULT = [null, { grade: 'bad', why: 'sentinel' }];

  test('in a unit that is not ours, before it is converted', () => {
    expect(
      readings('point,time,甲烷浓度(ppm)', [
        'GAS-1,2026-05-01 08:00:00,9999',
        'GAS-1,2026-05-01 08:01:00,65535',
        'GAS-1,2026-05-01 08:02:00,999.9',
        'GAS-1,2026-05-01 08:03:00,10000',
      ]),
    ).toEqual([FAULT, FAULT, [1.9998, { grade: 'doubtful', why: 'sentinel' }], [20, { grade: 'good' }]]);
  });

  test('those of their system, by the mapping', () => {
    const mapped = readStockMapping('{"metrics":{"CH":{"metric":"ch4","unit":"ppm","sentinels":[5003]}}}');
    if (typeof mapped === 'string') throw new Error(mapped);
    expect(readings('point,time,CH', ['GAS-1,2026-05-01 08:00:00,5003'], mapped)).toEqual([FAULT]);
    expect(readings('point,time,ch4', ['GAS-1,2026-05-01 08:00:00,5003'])).not.toEqual([FAULT]);
  });

  test('those of the devices at the point, by the register', () => {
    const naming = new Naming({
      points: [{ ...point('GAS-1'), faultValues: { ch4: [5.003] } }],
      packs: PACKS,
      mapping: NO_MAPPING,
      now: NOW,
      keepDays: 400,
    });
    const of = (value: number, unit: string | null) => {
      const at = NOW - 60_000;
      const read = naming.reading({
        point: 'GAS-1',
        metric: 'ch4',
        unit,
        at,
        value,
        quality: null,
        backfill: null,
      });
      return typeof read === 'string' ? read : [read.value, read.quality];
    };
    expect(of(5.003, null)).toEqual(FAULT);
    expect(of(5.003, 'ppm')).toEqual(FAULT);
    // 5 003 ppm would be 10.006 %LEL; the code as it was converted by somebody before:
    expect(of(2_501.5, 'ppm')).toEqual(FAULT);
    expect(of(5.002, null)).toEqual([5.002, { grade: 'good' }]);
  });

  test('two columns that mean one metric are said, and not the one believed and the other lost', () => {
    expect(() => readings('point,time,ch4,甲烷浓度', ['GAS-1,2026-05-01 08:00:00,1,60'])).toThrow(
      /ch4.*甲烷浓度/,
    );
  });
});
