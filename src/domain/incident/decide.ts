import type { Level } from '../level.ts';
import type { Refusal, RefusalCode } from '../refusals.ts';
import { SYSTEM } from '../response/event.ts';
import { no, ok, type Result, unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import {
  type Incident,
  type IncidentChange,
  type IncidentCommand,
  type IncidentEvent,
  isSameStep,
  type JoinReason,
  takesAlarms,
} from './incident.ts';

type Decision = Result<readonly IncidentChange[], Refusal>;

/** What becomes of a command on an incident. The table in `docs/incidents.md` is printed from it. */
export function decideIncident(
  incident: Incident | null,
  command: IncidentCommand,
  now: Millis,
): Result<readonly IncidentEvent[], Refusal> {
  const by = 'commandId' in command ? command.by : SYSTEM;
  const commandId = 'commandId' in command ? command.commandId : null;
  if (incident === null) {
    if (command.do !== 'create') return refused('incident-unknown');
    const { birth } = command;
    return ok([{ id: birth.id, revision: 1, at: now, by, commandId, change: { kind: 'made', birth } }]);
  }
  if (command.do === 'create') return refused('command-reused');
  const decision = decisionOn(incident, command);
  if (!decision.ok) return decision;
  return ok(
    decision.value.map((change, i) => ({
      id: incident.id,
      revision: incident.revision + 1 + i,
      at: now,
      by,
      commandId,
      change,
    })),
  );
}

function decisionOn(i: Incident, c: Exclude<IncidentCommand, { do: 'create' }>): Decision {
  if (i.mergedInto !== null) return refused('incident-over');
  switch (c.do) {
    case 'correlate':
      return correlate(i, c);
    case 'join': {
      if (!takesAlarms(i)) return refused('incident-over');
      const members = c.members.filter((m) => !i.members.some((x) => x.alarm === m.alarm));
      if (members.length === 0) return ok([]);
      const reasons = members.map(
        (m): JoinReason => ({
          alarm: m.alarm,
          by: 'person',
          detail: { zh: '人工并入', en: 'joined by a person' },
          confidence: 1,
        }),
      );
      const level = Math.min(i.level, ...members.map((m) => m.level)) as Level;
      return ok([
        { kind: 'joined', members, reasons, level },
        // Whoever puts an alarm to it takes it for one.
        ...(i.state === 'forming' ? [{ kind: 'opened' } as const] : []),
      ]);
    }
    case 'split': {
      if (!takesAlarms(i)) return refused('incident-over');
      const alarms = c.alarms.filter((a) => i.members.some((m) => m.alarm === a));
      if (alarms.length === 0) return refused('alarm-unknown');
      if (alarms.length === i.members.length) return refused('incident-empty');
      return ok([{ kind: 'split', alarms, reason: c.reason, to: c.to }]);
    }
    case 'merge':
      if (!takesAlarms(i)) return refused('incident-over');
      if (c.into === i.id) return refused('invalid');
      return ok([{ kind: 'merged', into: c.into, reason: c.reason }]);
    case 'tick-step': {
      if (!takesAlarms(i)) return refused('incident-over');
      const isTicked = (i.steps ?? []).some((s) => isSameStep(s, c.step));
      if (isTicked === c.isDone) return ok([]);
      return ok([{ kind: c.isDone ? 'step-done' : 'step-undone', step: c.step }]);
    }
    case 'control':
      return i.state === 'open' || i.state === 'forming'
        ? ok([{ kind: 'controlled' }])
        : refused('incident-state');
    case 'close':
      return i.state === 'under-control' ? ok([{ kind: 'closed' }]) : refused('incident-state');
    case 'review':
      return i.state === 'closed' ? ok([{ kind: 'reviewed', text: c.text }]) : refused('incident-state');
    default:
      return unreachable(c);
  }
}

/** Late alarms join only while it is open; what a person has taken out stays out; its level only rises. */
function correlate(i: Incident, c: Extract<IncidentCommand, { do: 'correlate' }>): Decision {
  if (!takesAlarms(i)) return ok([]);
  const members = c.members.filter(
    (m) => !i.released.includes(m.alarm) && !i.members.some((x) => x.alarm === m.alarm),
  );
  const level = Math.min(i.level, c.level) as Level;
  const changes: IncidentChange[] = [];
  if (members.length > 0 || level < i.level)
    changes.push({
      kind: 'joined',
      members,
      reasons: c.reasons.filter((r) => members.some((m) => m.alarm === r.alarm)),
      level,
    });
  if (c.isWhole && i.state === 'forming') changes.push({ kind: 'opened' });
  return ok(changes);
}

const refused = (code: RefusalCode) => no<Refusal>({ code, detail: null });
