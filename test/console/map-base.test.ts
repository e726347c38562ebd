import { describe, expect, it } from 'vitest';
import { flawOf, NO_SERVER, originOf } from '../../dashboards/console/src/screens/map/base.ts';

const xyz = { ...NO_SERVER, url: 'http://tiles.example.cn/{z}/{x}/{y}.png' };
const wmts = {
  ...NO_SERVER,
  kind: 'wmts' as const,
  crs: 'EPSG:4490' as const,
  url: 'https://t{0-7}.example.cn/vec_c/wmts?tk=1',
  layer: 'vec',
  matrixSet: 'c',
};

describe('a base map that somebody typed', () => {
  it('is refused with what would be right', () => {
    expect([xyz, wmts].map(flawOf)).toEqual([null, null]);
    expect(flawOf({ ...xyz, url: 'javascript:alert(1)' })).toBe('badUrl');
    expect(flawOf({ ...xyz, url: 'http://tiles.example.cn/{z}/{x}.png' })).toBe('badTemplate');
    expect(flawOf({ ...wmts, layer: ' ' })).toBe('badLayer');
  });
  it('names the origin that the service has to allow, its numbered hosts as one', () => {
    expect(originOf(wmts.url)).toBe('https://*.example.cn');
    expect(originOf('http://10.0.0.7:8090/{z}/{x}/{y}')).toBe('http://10.0.0.7:8090');
    expect(originOf("https://a.cn'; script-src *")).toBeNull();
    expect(originOf('ftp://a.cn/')).toBeNull();
  });
});
