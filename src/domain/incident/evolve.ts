import type { Level } from '../level.ts';
import type { Suspect } from './correlation.ts';
import { type Incident, type IncidentEvent, isSameStep } from './incident.ts';

/** @param incident `null`: the event makes it */
export function evolveIncident(incident: Incident | null, event: IncidentEvent): Incident {
  const { change, at, by, revision } = event;
  if (incident === null) {
    if (change.kind === 'reported') return change.incident;
    if (change.kind !== 'made') throw new Error(`an incident begins with "${change.kind}"`);
    const { id, kind, name, members, reasons, level, forming, drill } = change.birth;
    return {
      id,
      kind,
      name,
      revision,
      state: forming ? 'forming' : 'open',
      level: gravest(level, members),
      ...placesOf(members),
      members,
      reasons,
      released: [],
      madeAt: at,
      controlledAt: null,
      closedAt: null,
      mergedInto: null,
      review: null,
      ...(drill === undefined ? {} : { drill }),
    };
  }
  const then = { ...incident, revision };
  switch (change.kind) {
    case 'reported':
      return change.incident;
    case 'made':
      throw new Error('an incident is made once');
    case 'joined': {
      const members = [...incident.members, ...change.members];
      return {
        ...then,
        members,
        reasons: [...incident.reasons, ...change.reasons],
        released: incident.released.filter((a) => !change.members.some((m) => m.alarm === a)),
        level: gravest(Math.min(incident.level, change.level) as Level, change.members),
        ...placesOf(members),
      };
    }
    case 'opened':
      return { ...then, state: 'open' };
    case 'split': {
      const members = incident.members.filter((m) => !change.alarms.includes(m.alarm));
      return {
        ...then,
        members,
        reasons: incident.reasons.filter((r) => !change.alarms.includes(r.alarm)),
        released: [...incident.released, ...change.alarms],
        ...placesOf(members),
      };
    }
    case 'merged':
      return { ...then, state: 'closed', closedAt: at, mergedInto: change.into };
    case 'step-done':
      return { ...then, steps: [...(incident.steps ?? []), { ...change.step, by, at }] };
    case 'step-undone':
      return { ...then, steps: (incident.steps ?? []).filter((s) => !isSameStep(s, change.step)) };
    case 'controlled':
      return { ...then, state: 'under-control', controlledAt: at };
    case 'closed':
      return { ...then, state: 'closed', closedAt: at };
    case 'reviewed':
      return { ...then, state: 'reviewed', review: { text: change.text, by, at } };
  }
}

const gravest = (level: Level, members: readonly Suspect[]): Level =>
  Math.min(level, ...members.map((m) => m.level)) as Level;

const placesOf = (members: readonly Suspect[]) => ({
  areas: [...new Set(members.map((m) => m.area))],
  lifelines: [...new Set(members.map((m) => m.lifeline))],
});
