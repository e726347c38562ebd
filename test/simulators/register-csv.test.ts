import { expect, it } from 'vitest';
import { PROFILES } from '../../simulators/profiles/index.ts';
import { registerCsv } from '../../simulators/register-csv.ts';
import { parseCsv } from '../../simulators/replay/csv.ts';

it('a city writes its register with every parent before its children', () => {
  const city = PROFILES.demo.city();
  const csv = registerCsv(city);
  expect(csv.split('\r\n')[0]).toBe(
    'kind,code,name,lifeline,area,asset,point,owner,lon,lat,crs,vendor,serial,attributes,geometry',
  );
  const rows = parseCsv(csv);
  const seen = { area: new Set<string>(), asset: new Set<string>(), point: new Set<string>() };
  for (const row of rows) {
    if (row.kind === 'area') {
      expect(row.area === '' || seen.area.has(row.area ?? '')).toBe(true);
      seen.area.add(row.code ?? '');
    } else if (row.kind === 'asset') {
      expect(seen.area.has(row.area ?? '')).toBe(true);
      seen.asset.add(row.code ?? '');
    } else if (row.kind === 'point') {
      expect(seen.asset.has(row.asset ?? '')).toBe(true);
      seen.point.add(row.code ?? '');
    } else {
      expect(row.kind).toBe('device');
      expect(seen.point.has(row.point ?? '')).toBe(true);
    }
  }
  expect(seen.point.size).toBe(60);
  expect(rows.filter((r) => r.kind === 'device')).toHaveLength(60);
});
