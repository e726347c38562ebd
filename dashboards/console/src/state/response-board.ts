import type { LiveFrame } from '../../../../src/wire/live/live.ts';
import type { Incident, Warning } from '../api/answers.ts';
import type { Things } from './things.ts';

export type ResponseFrame = Extract<
  LiveFrame,
  { type: 'order' | 'warning' | 'incident' | 'handover' | 'report' }
>;

/** What is under way because of an alarm. */
export type Follows = { readonly warning: Warning | null; readonly incident: Incident | null };
const NOTHING: Follows = { warning: null, incident: null };

/** By alarm; of several warnings that rest on one the gravest that is in force, else the gravest, else the newest. */
export function followsOf(
  warnings: Things<Warning>,
  incidents: Things<Incident>,
): ReadonlyMap<string, Follows> {
  const found = new Map<string, Follows>();
  for (const incident of incidents.open.values())
    for (const alarm of incident.alarms) found.set(alarm, { ...(found.get(alarm) ?? NOTHING), incident });
  const lastStands = [...warnings.open.values()].sort(
    (a, b) =>
      Number(a.state === 'issued') - Number(b.state === 'issued') ||
      b.level - a.level ||
      Date.parse(a.draftedAt) - Date.parse(b.draftedAt),
  );
  for (const warning of lastStands)
    for (const alarm of warning.basis.alarms) found.set(alarm, { ...(found.get(alarm) ?? NOTHING), warning });
  return found;
}
