import { isGraver } from '../level.ts';
import type { Doubt } from '../reading.ts';
import { unreachable } from '../result.ts';
import type { Acknowledgement, Alarm, Breach, Overlay, Phase, PhaseName, PhaseOf } from './alarm.ts';
import { assessed } from './assessment.ts';
import type { AlarmChange, AlarmEvent, ChangeKind } from './events.ts';
import { isActive, isOpen } from './order.ts';
import { worse } from './worst.ts';

/**
 * The alarm as it is after an event of its journal; folding a whole journal rebuilds it.
 *
 * @param alarm `null` before the raise
 * @throws on an event that `decide` cannot have given for this alarm: a bug, or a journal that was tampered with
 */
export function evolve(alarm: Alarm | null, event: AlarmEvent): Alarm {
  const { change } = event;
  if (alarm === null) {
    if (change.kind !== 'raised' || event.revision !== 1) throw illegal(alarm, event, 'a raise, revision 1');
    return raised(event, change);
  }
  if (event.alarmId !== alarm.id || event.revision !== alarm.revision + 1) {
    throw illegal(alarm, event, `revision ${alarm.revision + 1} of ${alarm.id}`);
  }
  const hidden = alarm.overlay.is !== 'none' && HEARD_FROM_THE_WORLD.has(change.kind);
  return {
    ...alarm,
    ...consequence(alarm, event),
    revision: event.revision,
    hiddenEvents: alarm.hiddenEvents + (hidden ? 1 : 0),
  };
}

/** What people do to a hidden alarm is not hidden from them; what the world says meanwhile is, and is counted. */
const HEARD_FROM_THE_WORLD: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  'raised',
  'escalated',
  'recurred',
  'returned',
  'realarmed',
  'interrupted',
  'resumed',
]);

function raised(event: AlarmEvent, { scene, breach, hidden }: Of<'raised'>): Alarm {
  return {
    ...scene,
    id: event.alarmId,
    revision: 1,
    levelRevision: 1,
    level: breach.level,
    phase: { is: 'active-unacked' },
    overlay: hidden === undefined ? NO_OVERLAY : { ...hidden, at: event.at },
    raisedAt: event.at,
    observedAt: breach.observedAt,
    late: breach.late,
    trigger: {
      value: breach.value,
      unit: breach.unit,
      limit: breach.limit,
      ...doubtOf(breach),
      ...(breach.span === undefined ? {} : { span: breach.span }),
    },
    worst: { value: breach.value, level: breach.level, at: breach.observedAt, ...doubtOf(breach) },
    advice: breach.advice,
    dataInterrupted: false,
    recurrences: 0,
    hiddenEvents: hidden === undefined ? 0 : 1,
    assessment: null,
  };
}

const doubtOf = ({ doubt }: Breach): { readonly doubt?: Doubt } => (doubt === undefined ? {} : { doubt });

type Of<K extends ChangeKind> = Extract<AlarmChange, { readonly kind: K }>;
type Consequence = Partial<Omit<Alarm, 'id' | 'revision' | 'hiddenEvents'>>;

const NO_OVERLAY: Overlay = { is: 'none' };

function consequence(alarm: Alarm, event: AlarmEvent): Consequence {
  const { change, at, by } = event;
  switch (change.kind) {
    case 'raised':
      throw illegal(alarm, event, 'no second raise');
    case 'escalated': {
      expect(alarm, event, 'active-unacked', 'active-acked');
      if (!isGraver(change.breach.level, alarm.level)) throw illegal(alarm, event, 'a graver level');
      return { ...seen(alarm, event, change.breach), phase: { is: 'active-unacked' } };
    }
    case 'recurred': {
      // An active alarm hears "recurred" only when backfill raised it and now the condition is there live.
      const confirmed = isActive(alarm) && alarm.late && !change.breach.late;
      if (!confirmed) expect(alarm, event, 'returned-unacked', 'latched-unacked', 'latched-acked');
      return {
        ...seen(alarm, event, change.breach),
        phase: { is: 'active-unacked' },
        recurrences: alarm.recurrences + (confirmed ? 0 : 1),
      };
    }
    case 'returned':
      return {
        phase: returned(alarm.latching, expect(alarm, event, 'active-unacked', 'active-acked'), at),
        worst: worse(alarm, change.worst),
      };
    case 'acknowledged':
      return {
        phase: acknowledged(expect(alarm, event, 'active-unacked', 'returned-unacked', 'latched-unacked'), {
          by,
          at,
          note: change.note,
        }),
      };
    case 'realarmed':
      expect(alarm, event, 'active-acked');
      return { phase: { is: 'active-unacked' } };
    case 'reset':
      return { phase: { ...expect(alarm, event, 'latched-acked'), is: 'returned-acked' } };
    case 'closed':
      // Nothing closed is hidden or waited for.
      return {
        phase: { ...expect(alarm, event, 'returned-acked'), is: 'closed', closedAt: at },
        worst: worse(alarm, change.worst),
        overlay: NO_OVERLAY,
        dataInterrupted: false,
      };
    case 'shelved':
      return overlaid(alarm, event, ['none'], {
        is: 'shelved',
        by,
        at,
        until: change.until,
        reason: change.reason,
      });
    case 'suppressed':
      return overlaid(alarm, event, ['none', 'shelved', 'suppressed'], {
        is: 'suppressed',
        at,
        because: change.because,
      });
    case 'outOfService':
      return overlaid(alarm, event, ['none', 'shelved', 'suppressed', 'outOfService'], {
        is: 'outOfService',
        at,
        reason: change.reason,
      });
    case 'unshelved':
      return overlaid(alarm, event, ['shelved'], NO_OVERLAY);
    case 'unsuppressed':
      return overlaid(alarm, event, ['suppressed'], NO_OVERLAY);
    case 'returnedToService':
      return overlaid(alarm, event, ['outOfService'], NO_OVERLAY);
    case 'interrupted':
    case 'resumed': {
      const dataInterrupted = change.kind === 'interrupted';
      if (!isOpen(alarm) || alarm.dataInterrupted === dataInterrupted) {
        throw illegal(alarm, event, 'an open alarm whose data had the other state');
      }
      return { dataInterrupted };
    }
    case 'assessed': {
      const { kind: _, ...said } = change;
      return { assessment: assessed(alarm.assessment, { ...said, by, at }) };
    }
    case 'noted':
      return { notes: (alarm.notes ?? 0) + 1 };
    default:
      return unreachable(change);
  }
}

/** What a breach after the raise changes, whatever the phase: the level never falls within an occurrence. */
function seen(alarm: Alarm, event: AlarmEvent, breach: Breach): Consequence {
  const { level, value, observedAt } = breach;
  const worst = worse(alarm, { value, level, at: observedAt, ...doubtOf(breach) }, breach.limit);
  const late = alarm.late && breach.late;
  if (!isGraver(level, alarm.level)) return { worst, late };
  const { unit, limit, ruleVersion } = breach;
  return {
    worst,
    late,
    level,
    levelRevision: event.revision,
    advice: breach.advice,
    reached: {
      value,
      unit,
      limit,
      observedAt,
      ...(ruleVersion === undefined ? {} : { ruleVersion }),
      ...doubtOf(breach),
    },
  };
}

function returned(
  latching: boolean,
  from: PhaseOf<'active-unacked' | 'active-acked'>,
  returnedAt: number,
): Phase {
  switch (from.is) {
    case 'active-unacked':
      return { is: latching ? 'latched-unacked' : 'returned-unacked', returnedAt };
    case 'active-acked':
      return { is: latching ? 'latched-acked' : 'returned-acked', returnedAt, ack: from.ack };
    default:
      return unreachable(from);
  }
}

function acknowledged(
  from: PhaseOf<'active-unacked' | 'returned-unacked' | 'latched-unacked'>,
  ack: Acknowledgement,
): Phase {
  switch (from.is) {
    case 'active-unacked':
      return { is: 'active-acked', ack };
    case 'returned-unacked':
      return { is: 'returned-acked', returnedAt: from.returnedAt, ack };
    case 'latched-unacked':
      return { is: 'latched-acked', returnedAt: from.returnedAt, ack };
    default:
      return unreachable(from);
  }
}

function overlaid(
  alarm: Alarm,
  event: AlarmEvent,
  from: readonly Overlay['is'][],
  overlay: Overlay,
): Consequence {
  if (!isOpen(alarm) || !from.includes(alarm.overlay.is)) {
    throw illegal(alarm, event, `an open alarm with overlay ${from.join(' or ')}`);
  }
  return { overlay };
}

function expect<N extends PhaseName>(alarm: Alarm, event: AlarmEvent, ...names: readonly N[]): PhaseOf<N> {
  if (!(names as readonly PhaseName[]).includes(alarm.phase.is)) {
    throw illegal(alarm, event, `phase ${names.join(' or ')}`);
  }
  return alarm.phase as PhaseOf<N>;
}

function illegal(alarm: Alarm | null, event: AlarmEvent, wanted: string): Error {
  const stands =
    alarm === null
      ? 'no alarm'
      : `${alarm.id} r${alarm.revision} ${alarm.phase.is}, overlay ${alarm.overlay.is}`;
  return new Error(
    `event ${event.change.kind} (r${event.revision} of ${event.alarmId}) cannot follow ${stands}: needs ${wanted}`,
  );
}
