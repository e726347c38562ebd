import { describe, expect, test } from 'vitest';
import { minutes } from '../../../src/domain/time.ts';
import { Offenders } from '../../../src/flow/access/offenders.ts';
import type { AuditEntry } from '../../../src/flow/ports/audit.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';

function watch() {
  let now = minutes(1_000);
  const entries: AuditEntry[] = [];
  const meters = new Meters();
  const audit = {
    record: async (e: AuditEntry) => {
      entries.push(e);
      return true;
    },
  };
  const offenders = new Offenders({ audit, clock: { now: () => now }, meters });
  const hear = (by: string | null, address = '10.0.0.1', code = 'credential') =>
    offenders.hear({ by, address, code, why: 'because' });
  return { entries, meters, offenders, hear, later: () => (now += minutes(1)) };
}

describe('offenders', () => {
  test('are traced once a minute, with how often it happened', () => {
    const { entries, hear, later } = watch();
    for (let i = 0; i < 1_000; i++) hear('device DEV-A');
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      who: 'device:DEV-A',
      from: '10.0.0.1',
      outcome: 'refused',
      why: 'credential',
    });
    later();
    hear('device DEV-A');
    expect(entries.map((e) => e.after)).toEqual([
      { why: 'because' },
      { timesMore: 999, why: 'because' },
      { why: 'because' },
    ]);
  });

  test('a flood of names does not bury the audit journal, and its size is told', () => {
    const { entries, hear, offenders } = watch();
    for (let i = 0; i < 50_000; i++) hear(`name-${i}`, `10.1.${i >> 8}.${i & 255}`);
    expect(entries.length).toBe(200);
    offenders.close();
    expect(entries.at(-1)).toMatchObject({ why: 'flood', after: { times: 49_800 } });
  });

  test('are counted by device, and strangers by address: a name that anybody may choose makes no meter', () => {
    const { meters, hear } = watch();
    hear('device DEV-A', '10.0.0.1', 'topic-forbidden');
    for (const name of ['x"} 1', '__proto__', 'a\nb']) hear(name, '10.0.0.9');
    expect(meters.counter('mqtt_offences_total{by="device DEV-A",why="topic-forbidden"}')).toBe(1);
    expect(meters.counter('mqtt_offences_total{by="10.0.0.9",why="credential"}')).toBe(3);
    for (let i = 0; i < 500; i++) hear(null, `10.2.0.${i}`);
    expect(meters.snapshot().counters.size).toBeLessThanOrEqual(103);
    expect(meters.counter('mqtt_offences_total{by="others",why="credential"}')).toBe(402);
  });
});
