import type { Actor, Alarm, Breach, Scene } from '../../../src/domain/alarm/alarm.ts';
import type { AlarmCommand, DeskLimits } from '../../../src/domain/alarm/commands.ts';
import { decide } from '../../../src/domain/alarm/decide.ts';
import type { AlarmEvent } from '../../../src/domain/alarm/events.ts';
import { evolve } from '../../../src/domain/alarm/evolve.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Level } from '../../../src/domain/level.ts';
import type { Refusal } from '../../../src/domain/refusals.ts';
import { hours, type Millis, minutes } from '../../../src/domain/time.ts';

export const T0: Millis = 1_764_547_200_000;
export const LIMITS: DeskLimits = { shelveAtMost: hours(8), shelveLevel1: true };

export const WANG: Actor = { kind: 'operator', account: 'wang', name: '王工' };
export const LI: Actor = { kind: 'operator', account: 'li', name: '李工' };

export const scene = (latching: boolean): Scene => ({
  pointCode: as.point('GAS-1'),
  pointName: '建安路 12 号阀井',
  assetCode: null,
  assetName: null,
  areaCode: as.area('341602'),
  lifeline: as.lifeline('gas'),
  ruleId: as.rule('gas-ch4'),
  ruleVersion: 3,
  ruleName: { zh: '甲烷浓度', en: 'methane' },
  metric: as.metric('ch4'),
  latching,
});

/** What a rule `above 20 → 3, 40 → 2, 60 → 1` (and 10 → 4) finds at a value. */
export function breach(value: number, more: Partial<Breach> = {}): Breach {
  const level: Level = value >= 60 ? 1 : value >= 40 ? 2 : value >= 20 ? 3 : 4;
  return {
    level,
    value,
    unit: '%LEL',
    limit: { is: 'above', limit: { 1: 60, 2: 40, 3: 20, 4: 10 }[level] },
    observedAt: T0,
    late: false,
    advice: { zh: `按${level}级处置`, en: `as for level ${level}` },
    ...more,
  };
}

let given = 0;
const commandId = () => as.command(`c${++given}`);

export const observe = (value: number, more: Partial<Breach> = {}, latching = false): AlarmCommand => ({
  do: 'observe',
  id: as.alarm('A1'),
  scene: scene(latching),
  breach: breach(value, more),
});
export const normal: AlarmCommand = { do: 'observeNormal', worst: null };
export const ack = (seenRevision: number, by: Actor = WANG, note: string | null = null): AlarmCommand => ({
  do: 'acknowledge',
  by,
  seenRevision,
  note,
  commandId: commandId(),
});
export const reset: AlarmCommand = { do: 'reset', by: WANG, note: null, commandId: commandId() };
export const shelve = (until: Millis, reason = '传感器更换中', seenRevision?: number): AlarmCommand => ({
  do: 'shelve',
  by: WANG,
  until,
  reason,
  ...(seenRevision === undefined ? {} : { seenRevision }),
  commandId: commandId(),
});
export const unshelve: AlarmCommand = { do: 'unshelve', by: WANG, commandId: commandId() };
export const note = (text: string): AlarmCommand => ({ do: 'note', by: WANG, text, commandId: commandId() });
export const assess: AlarmCommand = {
  do: 'assess',
  by: WANG,
  verdict: 'biogas',
  note: null,
  commandId: commandId(),
};
export const tick = (reAlarmAfter: number | null = null): AlarmCommand => ({ do: 'tick', reAlarmAfter });

/** One occurrence and its journal, driven by commands; the clock goes on a minute with each. */
export class Story {
  alarm: Alarm | null = null;
  readonly journal: AlarmEvent[] = [];
  now = T0;

  /** @returns what happened, by kind */
  does(command: AlarmCommand, after = minutes(1)): string[] {
    this.now += after;
    const decided = decide(this.alarm, command, this.now, LIMITS);
    if (!decided.ok) throw new Error(`${command.do} was refused: ${decided.error.code}`);
    for (const event of decided.value) {
      this.journal.push(event);
      this.alarm = evolve(this.alarm, event);
    }
    return decided.value.map((e) => e.change.kind);
  }

  refuses(command: AlarmCommand, limits = LIMITS): Refusal {
    const decided = decide(this.alarm, command, this.now, limits);
    if (decided.ok) throw new Error(`${command.do} was not refused`);
    return decided.error;
  }

  get is(): Alarm {
    if (this.alarm === null) throw new Error('nothing raised yet');
    return this.alarm;
  }
}

export function story(...commands: readonly AlarmCommand[]): Story {
  const s = new Story();
  for (const command of commands) s.does(command);
  return s;
}

/** The alarm as a start rebuilds it. */
export function fold(journal: readonly AlarmEvent[], from: Alarm | null = null): Alarm {
  let alarm = from;
  for (const event of journal) alarm = evolve(alarm, event);
  if (alarm === null) throw new Error('an empty journal is no alarm');
  return alarm;
}
