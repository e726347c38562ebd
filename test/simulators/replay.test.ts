import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chilboltonRecording } from '../../simulators/replay/chilbolton.ts';
import { parseCsv } from '../../simulators/replay/csv.ts';
import { deviceOf, parseFloods } from '../../simulators/replay/floodnet.ts';
import { recordingsOf } from '../../simulators/replay/index.ts';
import { play } from '../../simulators/replay/recording.ts';

const DATA = join(import.meta.dirname, '../../../shared/data');
const HEAD = 'sensor_name,sensor_id,flood_start_time,flood_profile_depth_inches,flood_profile_time_secs\n';
const FLOODS = `${HEAD}"A St, corner",A-1 x,2025-02-01T00:00:00.000,"[0.00, 10.00, 0.00]","[0, 60, 126]"
"A St, corner",A-1 x,2025-01-01T00:00:00.000,"[0.00, 4.00]","[0, 60]"
`;

describe('a replay', () => {
  it('reads quoted cells with commas, quotation marks and line ends in them', () => {
    expect(parseCsv('\ufeffa,b\r\n"1,\n2","say ""x"""\n3,\n')).toEqual([
      { a: '1,\n2', b: 'say "x"' },
      { a: '3', b: '' },
    ]);
  });

  it('sends floods in centimetres, each sensor its own in their order, with dry street between', () => {
    expect(parseFloods(FLOODS)[0]?.samples[1]).toEqual({ atMs: 60_000, depthCm: 25.4 });
    const [recording, ...more] = recordingsOf(Buffer.from(FLOODS), 'flood-events.csv');
    expect(more).toEqual([]);
    expect(recording?.device).toBe(deviceOf('A-1 x'));
    expect(deviceOf('A-1 x')).toBe('A-1-x');
    if (recording === undefined) throw new Error('no recording');
    const readings = [...{ [Symbol.iterator]: () => recording.readings() }];
    const wet = readings.filter((r) => 'values' in r && r.values.depth !== 0);
    expect(wet.map((r) => ('values' in r ? r.values.depth : null))).toEqual([10.16, 25.4]);
    expect((wet[1]?.atMs ?? 0) - (wet[0]?.atMs ?? 0)).toBeGreaterThan(30 * 60_000);
    const silent = readings.map((r, i) => r.atMs - (readings[i - 1]?.atMs ?? 0));
    expect(Math.max(...silent)).toBeLessThanOrEqual(300_000);
  });

  it('sends methane as a share of its explosive limit: 10,000 ppmv is 20 %LEL', () => {
    const text = `MIRICO\nElapsedtime_sec Temp_K CH4vmr_ppmv\n 0.0 283.15 2.0\n 3.0 284.15 10000.0\n`;
    const readings = chilboltonRecording(text, 'rel02-pos1.txt').readings();
    expect(readings.next().value).toEqual({ atMs: 0, values: { ch4: 0.004, temp: 10 } });
    expect(readings.next().value).toEqual({ atMs: 3_000, values: { ch4: 20, temp: 11 } });
  });

  it('sends strain as frames, cut where the logger stopped', () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => {
      const ms = i * 10 + (i >= 1_100 ? 5_000 : 0);
      return `2022-03-07 16:35:${(ms / 1000).toFixed(3).padStart(6, '0')},${i / 10}`;
    });
    const zip = zipped('a/strain.csv', `Time (-),DMS_CN (um\\m)\n${rows.join('\n')}\n`);
    const [recording] = recordingsOf(zip, 'reference.csv.zip');
    if (recording === undefined) throw new Error('no recording');
    const bodies = [
      ...play([recording], { scale: { start: 1_000_000, speed: 1 }, qos: 1, until: 1e9 }),
    ].flatMap((e) => (e.is === 'message' && e.topic.endsWith('/telemetry') ? [JSON.parse(e.payload)] : []));
    expect(bodies.map((b) => [b.t0, b.dt, b.series.strainDyn.length])).toEqual([
      [1_000_000, 10, 1_000],
      [1_010_000, 10, 100],
      [1_016_000, 10, 100],
    ]);
  });

  it('says what a recording would be when it is given something else', () => {
    expect(() => recordingsOf(Buffer.from('a,b\n1,2\n'), 'x.csv')).toThrow(
      /x\.csv: not a recording known here/,
    );
  });

  it.skipIf(!existsSync(DATA))('knows every recording that lies beside the project', () => {
    const count = (file: string): number => {
      const recordings = recordingsOf(readFileSync(join(DATA, file)), file.replace(/.*\//, ''));
      const events = play(recordings, { scale: { start: 0, speed: 1 }, qos: 1, until: 600_000 });
      return [...events].filter((e) => e.is === 'message' && e.topic.endsWith('/telemetry')).length;
    };
    expect(count('floodnet/flood-events.csv')).toBe(77 * 2);
    expect(count('chilbolton/2017-05-09-rel02-pos1.txt')).toBeGreaterThan(150);
    expect(count('munich-bridge/reference-strain-100Hz.csv.zip')).toBeGreaterThan(30);
    expect(() => count('munich-bridge/support-load-force-100Hz.csv.zip')).toThrow(/no pack has a metric/);
  });
});

/** The smallest zip archive that holds one deflated file. */
function zipped(name: string, text: string): Buffer {
  const plain = Buffer.from(text);
  const packed = deflateRawSync(plain);
  const title = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(plain), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(plain.length, 18);
  common.writeUInt16LE(title.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, title, packed]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), title]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}
