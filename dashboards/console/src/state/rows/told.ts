import type { Notice } from '../../api/answers.ts';

/** How many people have been told of an alarm, and whether a call of it reached nobody. */
export type Told = { readonly people: number; readonly failed: boolean };

const REACHED = new Set(['sent', 'delivered', 'acted']);
const LOST = new Set(['failed', 'undeliverable', 'expired']);

export function toldOf(notices: readonly Notice[]): ReadonlyMap<string, Told> {
  const people = new Map<string, Set<string>>();
  const failed = new Set<string>();
  for (const n of notices) {
    if (n.subject.kind !== 'alarm') continue;
    if (REACHED.has(n.state)) {
      const known = people.get(n.subject.id) ?? new Set();
      people.set(n.subject.id, known.add(n.contact ?? n.channel));
    } else if (LOST.has(n.state)) failed.add(n.subject.id);
  }
  const all = new Set([...people.keys(), ...failed]);
  return new Map([...all].map((id) => [id, { people: people.get(id)?.size ?? 0, failed: failed.has(id) }]));
}
