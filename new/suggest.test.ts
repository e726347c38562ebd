import { describe, expect, test } from 'vitest';
import { PACKS } from '../../src/packs/index.ts';
import { mapJson } from '../../src/wire/mapping/json.ts';
import { packDirectory } from '../../src/wire/mapping/pack-directory.ts';
import { readMapping } from '../../src/wire/mapping/read.ts';
import type { JsonMapping } from '../../src/wire/mapping/schema.ts';
import { mappingText, suggest } from '../../src/wire/mapping/suggest.ts';

const LIST = {
  vendor: 'X',
  time: '2026-08-01 09:02:00',
  result: { rows: [{ imei: '861050042916166', name: '7 号井', data: { lvl: 42, volt: 3.6, alarm: false, memo: 'ok' } }] },
};

describe('an unknown document', () => {
  test('is looked through for its list, its station, its time and its numbers', () => {
    expect(suggest(LIST)).toEqual({
      each: '/result/rows',
      stations: [
        { at: 'imei', sample: '861050042916166' },
        { at: 'name', sample: '7 号井' },
      ],
      times: [{ at: '/time', sample: '2026-08-01 09:02:00' }],
      values: [
        { at: 'data/lvl', sample: '42' },
        { at: 'data/volt', sample: '3.6' },
        { at: 'data/alarm', sample: 'false' },
      ],
    });
    expect(suggest({ deviceId: 'A', ts: 1_785_546_120, temp: 3 })).toEqual({
      each: null,
      stations: [{ at: 'deviceId', sample: 'A' }],
      times: [{ at: 'ts', sample: '1785546120' }],
      values: [{ at: 'temp', sample: '3' }],
    });
  });

  test('whatever it is, nothing throws', () => {
    for (const odd of [null, 1, 'x', [], [[]], [{}], {}, { a: [null] }, JSON.parse(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`)])
      expect(() => suggest(odd)).not.toThrow();
  });

  test('what is chosen of it is a mapping, and makes readings of it', () => {
    const text = mappingText({
      name: 'vendor-x',
      lifeline: 'waterlogging',
      each: '/result/rows',
      station: 'imei',
      time: '/time',
      take: [{ at: 'data/lvl', metric: 'level', unit: 'cm', times: 1 }],
    });
    const read = readMapping(text);
    expect(read.ok ? [] : read.error).toEqual([]);
    const mapped = mapJson(
      (read as { value: unknown }).value as JsonMapping,
      { json: LIST },
      packDirectory(PACKS)({ '861050042916166': 'waterlogging' }),
    );
    expect(mapped.packets[0]?.instants).toEqual([{ ts: Date.UTC(2026, 7, 1, 1, 2), values: { level: 0.42 } }]);
    expect(mapped.flaws).toEqual([]);
  });
});
