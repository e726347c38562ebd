import { as } from '../../../src/domain/ids.ts';
import type { Suspect } from '../../../src/domain/incident/correlation.ts';
import { decideIncident } from '../../../src/domain/incident/decide.ts';
import { evolveIncident } from '../../../src/domain/incident/evolve.ts';
import {
  INCIDENT_STATES,
  type Incident,
  type IncidentCommand,
  type IncidentState,
} from '../../../src/domain/incident/incident.ts';
import { hours } from '../../../src/domain/time.ts';
import { DESK, T0 } from '../order/build.ts';

let n = 0;
export const suspect = (alarm: string, more: Partial<Suspect> = {}): Suspect => ({
  alarm: as.alarm(alarm),
  rule: as.rule('gas.ch4.limit'),
  lifeline: as.lifeline('gas'),
  level: 3,
  point: as.point(`P-${alarm}`),
  asset: as.asset(`W-${alarm}`),
  area: as.area('341602'),
  at: { lon: 115.78, lat: 33.85 },
  raisedAt: T0,
  ...more,
});
const asked = () => ({ by: DESK, commandId: as.command(`i${++n}`) });
export const reason = (alarm: string) => ({
  alarm: as.alarm(alarm),
  by: 'k-of-n' as const,
  detail: { zh: '相邻', en: 'near' },
  confidence: 0.7,
});
export const make = (forming = false): IncidentCommand => ({
  ...asked(),
  do: 'create',
  birth: {
    id: as.incident('I1'),
    kind: 'gas-spread',
    name: { zh: '疑似泄漏', en: 'a leak' },
    members: [suspect('A1'), suspect('A2')],
    reasons: [reason('A1'), reason('A2')],
    level: 3,
    forming,
  },
});
export const join: IncidentCommand = { ...asked(), do: 'join', members: [suspect('A3', { level: 2 })] };
export const correlate: IncidentCommand = {
  do: 'correlate',
  members: [suspect('A4')],
  reasons: [reason('A4')],
  level: 3,
  isWhole: true,
};
export const split: IncidentCommand = {
  ...asked(),
  do: 'split',
  alarms: [as.alarm('A2')],
  reason: '无关',
  to: as.incident('I2'),
};
export const merge: IncidentCommand = { ...asked(), do: 'merge', into: as.incident('I9'), reason: '同一起' };
export const step = { plan: 'gas-1', step: 1, text: '关阀' };
export const tick: IncidentCommand = { ...asked(), do: 'tick-step', step, isDone: true };
export const control: IncidentCommand = { ...asked(), do: 'control' };
export const close: IncidentCommand = { ...asked(), do: 'close' };
export const review: IncidentCommand = { ...asked(), do: 'review', text: '复盘' };

export function became(...commands: IncidentCommand[]): Incident {
  let is: Incident | null = null;
  for (const command of commands) {
    const decided = decideIncident(is, command, T0);
    if (!decided.ok) throw new Error(`${command.do}: ${decided.error.code}`);
    for (const e of decided.value) is = evolveIncident(is, e);
  }
  return is as unknown as Incident;
}

const IN_STATE: { readonly [S in IncidentState]: Incident } = {
  forming: became(make(true)),
  open: became(make()),
  'under-control': became(make(), control),
  closed: became(make(), control, close),
  reviewed: became(make(), control, close, review),
};
const VERBS: Readonly<Record<string, IncidentCommand>> = {
  'an alarm correlates, and k is reached': correlate,
  join,
  split,
  merge,
  'tick a step': tick,
  control,
  close,
  review,
};

/** The table of `docs/incidents.md`, printed from `decideIncident` itself. */
export function printed(): string {
  const names = Object.keys(VERBS);
  const cell = (is: Incident, command: IncidentCommand): string => {
    const decided = decideIncident(is, command, T0 + hours(1));
    if (!decided.ok) return decided.error.code === 'incident-state' ? '–' : `\`${decided.error.code}\``;
    if (decided.value.length === 0) return '—';
    const then = decided.value.reduce(evolveIncident, is as Incident);
    const kinds = decided.value.map((e) => `_${e.change.kind}_`).join(', ');
    return then.state === is.state ? kinds : then.mergedInto === null ? then.state : 'closed, in the other';
  };
  const rows = INCIDENT_STATES.map(
    (state) =>
      `| ${[state, ...names.map((v) => cell(IN_STATE[state], VERBS[v] as IncidentCommand))].join(' | ')} |`,
  );
  return [`| ${['state', ...names].join(' | ')} |`, `|${'---|'.repeat(names.length + 1)}`, ...rows].join(
    '\n',
  );
}
