import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import { alarmTopic, downTopic, parseTopic, statusTopic } from '../../src/wire/mqtt/topics.ts';

describe('topics', () => {
  test.each([
    ['lifeline/v1/gas/GAS-1/telemetry', 'gas', 'GAS-1', 'telemetry'],
    ['lifeline/v1/manhole/a_B-9/status', 'manhole', 'a_B-9', 'status'],
    ['lifeline/v1/bridge/7/event', 'bridge', '7', 'event'],
    ['lifeline/v1/waterlogging/W/up/reply', 'waterlogging', 'W', 'up/reply'],
    ['lifeline/v1/gas/__proto__/telemetry', 'gas', '__proto__', 'telemetry'],
  ])('%s says whose packet it is and of what kind', (topic, lifeline, device, kind) => {
    expect(parseTopic(topic)).toEqual({ ok: true, value: { lifeline, device, kind } });
  });

  test.each([
    ['', 'bad-topic'],
    ['lifeline/v1/gas', 'bad-topic'],
    ['lifeline/v2/gas/GAS-1/telemetry', 'bad-topic'],
    ['/lifeline/v1/gas/GAS-1/telemetry', 'bad-topic'],
    ['$SYS/broker/clients', 'bad-topic'],
    ['lifeline/v1//GAS-1/telemetry', 'bad-topic'],
    ['lifeline/v1/GAS/GAS-1/telemetry', 'bad-topic'],
    ['lifeline/v1/alarms/1/341602', 'bad-topic'],
    ['lifeline/v1/gas//telemetry', 'bad-device-code'],
    ['lifeline/v1/gas/气体/telemetry', 'bad-device-code'],
    ['lifeline/v1/gas/a b/telemetry', 'bad-device-code'],
    ['lifeline/v1/gas/a\u0000/telemetry', 'bad-device-code'],
    ['lifeline/v1/gas/GAS-1\n/telemetry', 'bad-device-code'],
    ['lifeline/v1/gas/+/telemetry', 'bad-device-code'],
    [`lifeline/v1/gas/${'x'.repeat(65)}/telemetry`, 'bad-device-code'],
    ['lifeline/v1/gas/GAS-1', 'unknown-kind'],
    ['lifeline/v1/gas/GAS-1/', 'unknown-kind'],
    ['lifeline/v1/gas/GAS-1/telemetry/', 'unknown-kind'],
    ['lifeline/v1/gas/GAS-1/down/command', 'unknown-kind'],
    ['lifeline/v1/gas/GAS-1/Telemetry', 'unknown-kind'],
  ])('%j is refused with its flaw %s', (topic, code) => {
    const r = parseTopic(topic);
    expect(r.ok ? r.value : r.error.code).toBe(code);
    if (!r.ok) expect(r.error.detail).toMatch(/\.$/);
  });

  test('no text whatever makes it throw, and what it accepts it accepts whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('lifeline', 'v1', 'gas'))),
        (p) => {
          const topic = p.join('/');
          const r = parseTopic(topic);
          if (r.ok) expect(`lifeline/v1/${r.value.lifeline}/${r.value.device}/${r.value.kind}`).toBe(topic);
        },
      ),
    );
  });

  test('a status topic is one that parses', () => {
    const topic = statusTopic(as.lifeline('gas'), as.device('GAS-1'));
    expect(parseTopic(topic)).toMatchObject({ ok: true, value: { device: 'GAS-1', kind: 'status' } });
  });

  test('alarms and commands have their topics', () => {
    expect(alarmTopic(1, as.area('341602'))).toBe('lifeline/v1/alarms/1/341602');
    expect(downTopic(as.lifeline('gas'), as.device('GAS-1'), 'command')).toBe(
      'lifeline/v1/gas/GAS-1/down/command',
    );
  });
});
