import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { EdgeHarness } from '../support/edge-harness.ts';

describe('hosts of a base map', () => {
  test('are none unless they are named', () => {
    expect(readConfig({}).LIFELINE_MAP_TILE_HOSTS).toEqual([]);
    expect(
      readConfig({ LIFELINE_MAP_TILE_HOSTS: 'https://*.tianditu.gov.cn, http://10.0.0.7:8090' })
        .LIFELINE_MAP_TILE_HOSTS,
    ).toEqual(['https://*.tianditu.gov.cn', 'http://10.0.0.7:8090']);
  });

  test.each([
    "https://a.cn; script-src 'unsafe-inline'",
    '*',
    'https://*',
    'tiles.example.cn',
    'https://tiles.example.cn/path',
    "'unsafe-inline'",
    'data:',
  ])('%s stops the start: it would open more than pictures of one host', (value) => {
    expect(() => readConfig({ LIFELINE_MAP_TILE_HOSTS: value })).toThrow('origins separated by commas');
  });

  test('widen pictures and nothing else', async () => {
    const policyOf = async (tileHosts: readonly string[]): Promise<string> => {
      const edge = await EdgeHarness.open({ tileHosts });
      const policy = (await fetch(edge.url)).headers.get('content-security-policy') ?? '';
      await edge.close();
      return policy;
    };
    const [closed, open] = [await policyOf([]), await policyOf(['https://*.tianditu.gov.cn'])];
    expect(closed).toContain("img-src 'self' data:;");
    expect(open.replace(' https://*.tianditu.gov.cn', '')).toBe(closed);
    expect(open).toContain("img-src 'self' data: https://*.tianditu.gov.cn;");
  });
});
