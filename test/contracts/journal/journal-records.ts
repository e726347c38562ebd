import type { Alarm, Phase, Scene } from '../../../src/domain/alarm/alarm.ts';
import type { AlarmChange } from '../../../src/domain/alarm/events.ts';
import { as } from '../../../src/domain/ids.ts';
import type { PointMemory } from '../../../src/domain/judge/memory.ts';
import type { Level } from '../../../src/domain/level.ts';
import { GOOD, type Reading } from '../../../src/domain/reading.ts';
import type { RuleDraft, RuleVersion } from '../../../src/domain/rules/change.ts';
import type { JournaledEvent, Quarantined, TurnRecord } from '../../../src/flow/ports/journal.ts';

/** 2025-12-01T00:00:00Z */
export const T0 = 1_764_547_200_000;

export function turn(n: number, has: Partial<Omit<TurnRecord, 'turn'>> = {}): TurnRecord {
  return {
    turn: as.turn(n),
    at: T0 + n * 1_000,
    readings: [],
    frames: [],
    quarantined: [],
    statuses: [],
    deviceEvents: [],
    register: [],
    rules: [],
    events: [],
    answers: [],
    memories: [],
    memoriesKeptUpTo: as.turn(0),
    ...has,
  };
}

const AUTHOR = { account: 'li', name: '李值班' };

export const draft = (id: string, state: RuleDraft['state']): RuleDraft => ({
  id,
  rule: as.rule('gas.ch4.limit'),
  state,
  change: { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 3, limit: { limit: 15 } }] },
  reason: '本底高',
  author: AUTHOR,
  baseVersion: 1,
  version: null,
  commandId: null,
  story: [{ at: T0, by: AUTHOR, did: 'draft', note: null }],
});

export const version = (n: number): RuleVersion => ({
  rule: as.rule('gas.ch4.limit'),
  version: n,
  turn: as.turn(n),
  at: T0 + n,
  draft: 'D1',
  by: AUTHOR,
  approvedBy: null,
  reason: '本底高',
  change: { do: 'revert', version: 1 },
  settings: [],
});

export function reading(point: string, value: number | null, observedAt = T0): Reading {
  return {
    point: as.point(point),
    metric: as.metric('ch4'),
    value,
    quality: GOOD,
    observedAt,
    receivedAt: observedAt + 120,
    backfill: false,
  };
}

export const memory = (heardAt: number): PointMemory => ({
  heardAt,
  series: new Map([
    [
      as.metric('ch4'),
      {
        newestAt: heardAt,
        value: 12.5,
        valueAt: heardAt,
        said: [heardAt, 12.5],
      },
    ],
  ]),
  rules: new Map([
    [as.rule('gas.ch4'), { signal: null, watchers: [{ on: false, disagreeingSince: heardAt }] }],
  ]),
  late: new Map(),
  windows: new Map(),
  worst: new Map(),
});

export const quarantined = (
  bytes: Uint8Array,
  device: string | null = 'GAS-1',
  detail = '不是 JSON：第 1 个字节就读不懂',
): Quarantined => ({
  receivedAt: T0,
  topic: 'lifeline/v1/gas/GAS-1/telemetry',
  device: device === null ? null : as.device(device),
  bytes,
  flaw: 'not-json',
  detail,
});

export type AlarmLike = {
  readonly id: string;
  readonly raisedAt?: number;
  readonly level?: Level;
  readonly lifeline?: string;
  readonly area?: string;
  readonly point?: string;
};

const SYSTEM = { kind: 'system' } as const;
const LI = { kind: 'operator', account: 'li', name: '李值班' } as const;

export function alarm(a: AlarmLike, phase: Phase = { is: 'active-unacked' }, revision = 1): Alarm {
  const level = a.level ?? 2;
  const raisedAt = a.raisedAt ?? T0;
  const scene: Scene = {
    pointCode: as.point(a.point ?? 'GAS-1'),
    pointName: '魏武大道 12 号窨井',
    assetCode: null,
    assetName: null,
    areaCode: as.area(a.area ?? '341602'),
    lifeline: as.lifeline(a.lifeline ?? 'gas'),
    ruleId: as.rule('gas.ch4'),
    ruleVersion: 1,
    ruleName: { zh: '甲烷浓度', en: 'Methane' },
    metric: as.metric('ch4'),
    latching: false,
  };
  return {
    ...scene,
    id: as.alarm(a.id),
    revision,
    levelRevision: 1,
    level,
    phase,
    overlay: { is: 'none' },
    raisedAt,
    observedAt: raisedAt - 300,
    late: false,
    trigger: { value: 25.5, unit: '%LEL', limit: { is: 'above', limit: 20 } },
    worst: { value: 25.5, level, at: raisedAt - 300 },
    advice: { zh: '立即核查', en: 'Check at once' },
    dataInterrupted: false,
    recurrences: 0,
    hiddenEvents: 0,
    assessment: null,
  };
}

const event = (seq: number, after: Alarm, change: AlarmChange, byOperator: boolean): JournaledEvent => ({
  seq: as.seq(seq),
  event: {
    alarmId: after.id,
    revision: after.revision,
    at: after.raisedAt + after.revision,
    by: byOperator ? LI : SYSTEM,
    commandId: byOperator ? as.command(`c-${seq}`) : null,
    change,
  },
  after,
});

export function raised(seq: number, a: AlarmLike): JournaledEvent {
  const after = alarm(a);
  const { level, observedAt, late, trigger, advice } = after;
  return event(
    seq,
    after,
    { kind: 'raised', scene: after, breach: { level, observedAt, late, advice, ...trigger } },
    false,
  );
}

export function acknowledged(seq: number, a: AlarmLike, revision = 2): JournaledEvent {
  const at = (a.raisedAt ?? T0) + 5_000;
  const after = alarm(a, { is: 'active-acked', ack: { by: LI, at, note: '已通知燃气公司' } }, revision);
  return event(seq, after, { kind: 'acknowledged', note: '已通知燃气公司' }, true);
}

export function returned(seq: number, a: AlarmLike, revision = 2): JournaledEvent {
  const after = alarm(a, { is: 'returned-unacked', returnedAt: (a.raisedAt ?? T0) + 9_000 }, revision);
  return event(seq, after, { kind: 'returned', worst: after.worst }, false);
}

export function closed(seq: number, a: AlarmLike, revision = 3): JournaledEvent {
  const at = (a.raisedAt ?? T0) + 10_000;
  const phase = { is: 'closed', returnedAt: at, closedAt: at, ack: { by: LI, at, note: null } } as const;
  const after = alarm(a, phase, revision);
  return event(seq, after, { kind: 'closed', worst: after.worst }, false);
}
