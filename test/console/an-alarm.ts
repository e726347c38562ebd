import type { AlarmJson } from '../../src/wire/alarm.ts';

const START = Date.parse('2026-03-01T04:00:00.000Z');

/** An open red gas alarm, changed where the test says so. `minute` moves its raise. */
export function anAlarm(id: string, change: Partial<AlarmJson> & { minute?: number } = {}): AlarmJson {
  const { minute = 0, ...rest } = change;
  const at = new Date(START + minute * 60_000).toISOString();
  return {
    id,
    pointCode: `P-${id}`,
    pointName: `Point ${id}`,
    assetCode: null,
    assetName: null,
    areaCode: '341602',
    lifeline: 'gas',
    ruleId: 'gas-ch4',
    ruleVersion: 1,
    ruleName: { zh: '甲烷浓度', en: 'Methane' },
    metric: 'ch4',
    latching: false,
    level: 1,
    phase: 'active-unacked',
    overlay: 'none',
    overlayReason: null,
    revision: 1,
    raisedAt: at,
    observedAt: at,
    late: false,
    trigger: { value: 60, unit: '%LEL', limit: 50, side: 'above' },
    worst: { value: 60, level: 1, at },
    current: { value: 60, at, quality: 'good' },
    dataInterrupted: false,
    recurrences: 0,
    noisy: false,
    hiddenEvents: 0,
    advice: { zh: '立即核查', en: 'Check at once' },
    ...rest,
  };
}

export const acked = (a: AlarmJson, by = '张三', at = '2026-03-01T05:00:00.000Z'): AlarmJson => ({
  ...a,
  phase: 'active-acked',
  revision: a.revision + 1,
  ack: { by, at, note: null },
});

export const closed = (a: AlarmJson): AlarmJson => ({
  ...a,
  phase: 'closed',
  revision: a.revision + 1,
  closedAt: '2026-03-01T06:00:00.000Z',
});
