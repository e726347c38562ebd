import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PMTiles } from 'pmtiles';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoMap } from '../../scripts/demo-map/tiles.ts';
import { MapDir } from '../../src/adapters/map-dir/index.ts';
import { checkMap } from '../../src/commands/doctor/checks/map.ts';

const CITY = new URL('../../simulators/maps/linlan.pmtiles', import.meta.url).pathname;

describe('the folder of maps', () => {
  let dataDir: string;
  let folder: string;
  let maps: MapDir;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'lifeline-maps-'));
    folder = join(dataDir, 'map');
    maps = new MapDir({ dataDir, folder });
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('need not be there; the doctor then says what would be a base map', async () => {
    expect(await maps.list()).toEqual([]);
    const [found] = await checkMap(dataDir, folder);
    expect(found).toMatchObject({ verdict: 'ok', says: expect.stringContaining(folder) });
  });

  it('says of each file what it is, or what is wrong with it', async () => {
    await mkdir(folder);
    const city = await readFile(CITY);
    await copyFile(CITY, join(folder, 'linlan.pmtiles'));
    const flaws = {
      'a-cut.pmtiles': ['map-cut-short', city.subarray(0, city.length - 9)],
      'b-sqlite.mbtiles': ['map-is-mbtiles', Buffer.from('SQLite format 3\0…')],
      'c-zip.pmtiles': ['map-not-pmtiles', Buffer.from('PK\u0003\u0004')],
      'd-old.pmtiles': ['map-old-version', Buffer.concat([Buffer.from('PM\u0002\0'), Buffer.alloc(200)])],
      'e-zstd.pmtiles': ['map-compression', changed(city, 98, 4)],
      'f-unknown.pmtiles': ['map-tile-type', changed(city, 99, 0)],
      'g-nothing.pmtiles': ['map-not-pmtiles', Buffer.alloc(0)],
      'h-nowhere.pmtiles': [
        'map-bad-bounds',
        changed(city, 110, city[102] as number, 4, city.subarray(102, 106)),
      ],
    } as const;
    for (const [name, [, bytes]] of Object.entries(flaws)) await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, '.hidden.pmtiles'), city);
    const told = Object.fromEntries((await maps.list()).map((f) => [f.name, f.flaw]));
    expect(told).toEqual({
      ...Object.fromEntries(Object.entries(flaws).map(([name, [flaw]]) => [name, flaw])),
      'linlan.pmtiles': null,
    });
    const findings = await checkMap(dataDir, folder);
    expect(findings).toHaveLength(8);
    expect(findings.map((f) => f.says).join('\n')).toContain('pmtiles convert');
    expect(await maps.slice('a-cut.pmtiles', 0, 100)).toBeNull();
  });

  it('is read piece by piece, and no file beside it', async () => {
    await mkdir(folder);
    await copyFile(CITY, join(folder, 'linlan.pmtiles'));
    await writeFile(join(dataDir, 'secret.pmtiles'), await readFile(CITY));
    const head = await maps.slice('linlan.pmtiles', 0, 127);
    expect(Buffer.from(head?.bytes ?? []).toString('latin1', 0, 7)).toBe('PMTiles');
    expect((await maps.slice('linlan.pmtiles', (head?.size ?? 0) - 5, 100))?.bytes).toHaveLength(5);
    expect((await maps.slice('linlan.pmtiles', 1e9, 100))?.bytes).toHaveLength(0);
    for (const name of ['../secret.pmtiles', 'nothing.pmtiles', '/etc/passwd', '.pmtiles'])
      expect(await maps.slice(name, 0, 127)).toBeNull();
  });

  it('keeps how the map was set; a file that somebody broke is as if nobody had, and the doctor says so', async () => {
    const set = {
      base: { kind: 'file', file: 'linlan.pmtiles', attribution: '' },
      view: { lon: 118, lat: 31, zoom: 12 },
      revision: 1,
      changed: { by: 'zhou', at: 5 },
    } as const;
    await maps.keep(set);
    expect(await new MapDir({ dataDir, folder }).settings()).toEqual(set);
    expect((await checkMap(dataDir, folder))[0]).toMatchObject({ verdict: 'bad' });
    await mkdir(folder);
    await copyFile(CITY, join(folder, 'linlan.pmtiles'));
    expect((await checkMap(dataDir, folder))[0]).toMatchObject({ verdict: 'ok' });
    await writeFile(join(dataDir, 'map-settings.json'), '{"base":{"kind":"file","file":"../x"}}');
    expect((await maps.settings()).revision).toBe(0);
    expect((await checkMap(dataDir, folder))[0]).toMatchObject({ verdict: 'bad' });
  });

  it.skipIf(process.getuid?.() === 0)('says of a file that it may not read who should own it', async () => {
    await mkdir(folder);
    await copyFile(CITY, join(folder, 'linlan.pmtiles'));
    await chmod(join(folder, 'linlan.pmtiles'), 0);
    expect((await maps.list())[0]?.flaw).toBe('map-unreadable');
  });
});

/** A copy with some bytes changed. */
function changed(bytes: Buffer, at: number, value: number, length = 1, by?: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  if (by) copy.set(by, at);
  else copy.fill(value, at, at + length);
  return copy;
}

describe('the base map of the demo', () => {
  it('is what its script makes, byte by byte', async () => {
    expect(Buffer.from(demoMap()).equals(await readFile(CITY))).toBe(true);
  });

  it('is read by the library that browsers read it with: streets, waters, pipes and fittings in the city’s middle', async () => {
    const bytes = await readFile(CITY);
    const file = new PMTiles({
      getKey: () => 'linlan',
      getBytes: async (from, length) => ({
        data: Uint8Array.from(bytes.subarray(from, from + length)).buffer,
      }),
    });
    expect(await file.getMetadata()).toMatchObject({ name: '临澜市（虚构）' });
    const tile = await file.getZxy(14, 13_562, 6_705);
    expect(tile?.data.byteLength).toBeGreaterThan(1_000);
    const text = Buffer.from(tile?.data as ArrayBuffer).toString('utf8');
    for (const layer of ['roads', 'buildings', 'pipes', 'fittings', 'landuse']) expect(text).toContain(layer);
  });
});
