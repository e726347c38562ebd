import { isGraver } from '../level.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import type { Actor, Alarm, Breach } from './alarm.ts';
import { takesDangerAway } from './assessment.ts';
import type { AlarmCommand, DeskLimits } from './commands.ts';
import { becomes, type Decision, isBlank, NOTHING, nameOf, refused } from './decision.ts';
import type { AlarmChange, AlarmEvent, WorstSeen } from './events.ts';
import { isActive, isOpen, isStanding, isUnacked, type StandingAlarm } from './order.ts';
import { hide, isHiddenByOne, shelfIsOver } from './overlays.ts';
import { unseen } from './seen.ts';
import { worse } from './worst.ts';

const SYSTEM: Actor = { kind: 'system' };

/**
 * What the desk does about a command: the events to journal (none where nothing changes), or a refusal.
 *
 * @param alarm `null` where there is none: only `observe` makes sense then, and raises
 * @param now our clock; it may have been stepped back since the last event
 */
export function decide(
  alarm: Alarm | null,
  command: AlarmCommand,
  now: Millis,
  limits: DeskLimits,
): Result<readonly AlarmEvent[], Refusal> {
  if (alarm === null) {
    if (command.do !== 'observe') return refused('alarm-unknown');
    const { id: alarmId, scene, breach, hidden } = command;
    const change: AlarmChange = { kind: 'raised', scene, breach, ...(hidden ? { hidden } : {}) };
    return ok([{ alarmId, revision: 1, at: now, by: SYSTEM, commandId: null, change }]);
  }
  const decision = isStanding(alarm)
    ? whileOpen(alarm, command, now, limits)
    : onceOver(alarm, command, limits);
  if (!decision.ok) return decision;
  const by = 'by' in command ? command.by : SYSTEM;
  const commandId = 'commandId' in command ? command.commandId : null;
  return ok(
    decision.value.map((change, i) => ({
      alarmId: alarm.id,
      revision: alarm.revision + 1 + i,
      at: now,
      by,
      commandId,
      change,
    })),
  );
}

function assess(alarm: Alarm, c: Extract<AlarmCommand, { do: 'assess' }>, limits: DeskLimits): Decision {
  const { verdict, note, confidence, cause, readings, second } = c;
  // Here and not at the edge: the level may have risen since the request was read.
  const two = alarm.level === 1 && limits.secondPersonToAssess === true && takesDangerAway(verdict);
  if (two && second === undefined) return refused('assess-second-needed');
  const form = second === undefined ? c.form : { ...c.form, second };
  return becomes({
    kind: 'assessed',
    verdict,
    note,
    ...(confidence === undefined ? {} : { confidence }),
    ...(cause === undefined ? {} : { cause }),
    ...(form === undefined ? {} : { form }),
    ...(readings === undefined ? {} : { readings }),
  });
}

/** Inquiries come later, and may still say what they found. */
function onceOver(alarm: Alarm, command: AlarmCommand, limits: DeskLimits): Decision {
  if (command.do === 'note') return note(command.text);
  if (command.do === 'assess') return assess(alarm, command, limits);
  // A journal cut between the two events of one decision: the second one is still owed.
  if (command.do === 'tick' && isOpen(alarm)) return becomes({ kind: 'closed', worst: alarm.worst });
  return refused('alarm-closed', command.do === 'acknowledge' ? acknowledgedBy(alarm) : null);
}

function whileOpen(alarm: StandingAlarm, command: AlarmCommand, now: Millis, limits: DeskLimits): Decision {
  switch (command.do) {
    case 'observe':
      return breach(alarm, command.breach, limits);
    case 'observeNormal':
      return isActive(alarm) ? normal(alarm, command.worst) : NOTHING;
    case 'acknowledge':
      return acknowledge(alarm, command.seenRevision, command.note);
    case 'reset':
      return reset(alarm, command.note);
    case 'shelve':
    case 'unshelve':
    case 'suppress':
    case 'unsuppress':
    case 'takeOutOfService':
    case 'returnToService':
      return hide(alarm, command, now, limits);
    case 'assess':
      return assess(alarm, command, limits);
    case 'note':
      return note(command.text);
    // No data is neither a breach nor a return: the phase stays.
    case 'interrupt':
      return alarm.dataInterrupted ? NOTHING : becomes({ kind: 'interrupted' });
    case 'resume':
      return alarm.dataInterrupted ? becomes({ kind: 'resumed' }) : NOTHING;
    case 'tick':
      return tick(alarm, command.reAlarmAfter, now, limits);
    default:
      return unreachable(command);
  }
}

function breach(alarm: StandingAlarm, found: Breach, limits: DeskLimits): Decision {
  const rises = isGraver(found.level, alarm.level);
  const shown = rises ? unhiding(alarm, found, limits) : [];
  if (!isActive(alarm)) return becomes(...shown, { kind: 'recurred', breach: found });
  if (rises) return becomes(...shown, { kind: 'escalated', breach: found });
  // What backfill raised was marked, not shouted; now the condition is there live, at whatever level.
  return alarm.late && !found.late ? becomes({ kind: 'recurred', breach: found }) : NOTHING;
}

/** What hid it was for what was known then. It goes first, so that the rise itself is not hidden. */
function unhiding(alarm: StandingAlarm, found: Breach, limits: DeskLimits): readonly AlarmChange[] {
  if (alarm.overlay.is === 'shelved') return [{ kind: 'unshelved', because: 'escalated' }];
  return isHiddenByOne(alarm, found.level, limits) ? [{ kind: 'returnedToService', because: 'level-1' }] : [];
}

function normal(alarm: StandingAlarm, seen: WorstSeen): Decision {
  const returned: AlarmChange = { kind: 'returned', worst: seen };
  if (alarm.latching || isUnacked(alarm)) return becomes(returned);
  return becomes(returned, { kind: 'closed', worst: worse(alarm, seen) });
}

function acknowledge(alarm: StandingAlarm, seenRevision: number, text: string | null): Decision {
  if (!isUnacked(alarm)) return refused('already-acknowledged', acknowledgedBy(alarm));
  const notSeen = unseen(alarm, seenRevision);
  if (notSeen !== null) return refused(notSeen);
  const acknowledged: AlarmChange = { kind: 'acknowledged', note: text };
  return alarm.phase.is === 'returned-unacked'
    ? becomes(acknowledged, { kind: 'closed', worst: alarm.worst })
    : becomes(acknowledged);
}

function acknowledgedBy(alarm: Alarm): { zh: string; en: string } | null {
  if (!('ack' in alarm.phase)) return null;
  const who = nameOf(alarm.phase.ack.by);
  return { zh: `已由 ${who.zh} 确认`, en: `Acknowledged by ${who.en}.` };
}

function reset(alarm: StandingAlarm, text: string | null): Decision {
  if (!alarm.latching) return refused('not-latched');
  switch (alarm.phase.is) {
    case 'active-unacked':
    case 'active-acked':
      return refused('still-active');
    case 'returned-unacked':
    case 'latched-unacked':
      return refused('not-acknowledged');
    case 'latched-acked':
      return becomes({ kind: 'reset', note: text }, { kind: 'closed', worst: alarm.worst });
    default:
      return unreachable(alarm.phase);
  }
}

function note(text: string): Decision {
  return isBlank(text) ? refused('text-missing') : becomes({ kind: 'noted', text });
}

function tick(alarm: StandingAlarm, reAlarmAfter: number | null, now: Millis, limits: DeskLimits): Decision {
  const due: AlarmChange[] = [];
  // The shelf ends first, so that a re-alarm of the same moment is seen.
  if (shelfIsOver(alarm, now, limits)) due.push({ kind: 'unshelved', because: 'expired' });
  if (isHiddenByOne(alarm, alarm.level, limits)) due.push({ kind: 'returnedToService', because: 'level-1' });
  const acked = alarm.phase.is === 'active-acked' ? alarm.phase.ack.at : null;
  if (acked !== null && reAlarmAfter !== null && now - acked >= reAlarmAfter) due.push({ kind: 'realarmed' });
  return ok(due);
}
