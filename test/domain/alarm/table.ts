import type { Alarm, Overlay, PhaseName } from '../../../src/domain/alarm/alarm.ts';
import type { AlarmCommand } from '../../../src/domain/alarm/commands.ts';
import { decide } from '../../../src/domain/alarm/decide.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import {
  ack,
  assess,
  fold,
  LIMITS,
  normal,
  note,
  observe,
  reset,
  shelve,
  story,
  T0,
  tick,
  unshelve,
} from './build.ts';

/** The tables of `docs/alarm.md`, printed from `decide` itself. */
export function phaseTable(latching: boolean): string {
  return print(
    'phase',
    Object.entries(phases(latching)),
    {
      'condition ends': () => normal,
      'breach, same level or milder': () => observe(25, {}, latching),
      'breach, graver': () => observe(45, {}, latching),
      acknowledge: (a) => ack(a.revision),
      reset: () => reset,
      'its acknowledgement is too old': () => tick(0),
      'data interrupted': () => ({ do: 'interrupt' }),
      note: () => note('x'),
      assess: () => assess,
    },
    phaseOf,
  );
}

export function overlayTable(): string {
  return print(
    'overlay',
    Object.entries(overlays()),
    {
      shelve: () => shelve(T0 + hours(2)),
      unshelve: () => unshelve,
      suppress: () => ({ do: 'suppress', because: 'another' }),
      unsuppress: () => ({ do: 'unsuppress' }),
      'take out of service': () => ({ do: 'takeOutOfService', reason: 'another' }),
      'return to service': () => ({ do: 'returnToService' }),
      'breach, graver': () => observe(45),
      'its time is over': () => tick(),
    },
    overlayOf,
  );
}

function phases(latching: boolean): Partial<Record<PhaseName, Alarm>> {
  const raise = observe(25, {}, latching);
  if (latching) {
    return {
      'active-unacked': story(raise).is,
      'active-acked': story(raise, ack(1)).is,
      'latched-unacked': story(raise, normal).is,
      'latched-acked': story(raise, ack(1), normal).is,
      closed: story(raise, ack(1), normal, reset).is,
    };
  }
  return {
    'active-unacked': story(raise).is,
    'active-acked': story(raise, ack(1)).is,
    'returned-unacked': story(raise, normal).is,
    closed: story(raise, ack(1), normal).is,
  };
}

function overlays(): Record<Overlay['is'], Alarm> {
  return {
    none: story(observe(25)).is,
    shelved: story(observe(25), shelve(T0 + minutes(30))).is,
    suppressed: story(observe(25), { do: 'suppress', because: 'one' }).is,
    outOfService: story(observe(25), { do: 'takeOutOfService', reason: 'one' }).is,
  };
}

const phaseOf = (a: Alarm) => a.phase.is;
const overlayOf = (a: Alarm) => a.overlay.is;

function print(
  corner: string,
  rows: readonly (readonly [string, Alarm])[],
  columns: Readonly<Record<string, (alarm: Alarm) => AlarmCommand>>,
  fact: (alarm: Alarm) => string,
): string {
  const names = Object.keys(columns);
  return [
    `| ${[corner, ...names].join(' | ')} |`,
    `|${'---|'.repeat(names.length + 1)}`,
    ...rows.map(([row, alarm]) => {
      if (fact(alarm) !== row) throw new Error(`the builder of ${row} builds ${fact(alarm)}`);
      return `| ${[row, ...names.map((n) => cell(alarm, columns[n] as never, fact))].join(' | ')} |`;
    }),
  ].join('\n');
}

/** What becomes of the alarm: its new phase or overlay, what else is marked, or the refusal's code. */
function cell(alarm: Alarm, command: (alarm: Alarm) => AlarmCommand, fact: (alarm: Alarm) => string): string {
  const decided = decide(alarm, command(alarm), T0 + hours(1), LIMITS);
  if (!decided.ok) return `refused \`${decided.error.code}\``;
  if (decided.value.length === 0) return '—';
  const after = fold(decided.value, alarm);
  const marks = [
    fact(after) === fact(alarm) && after.level === alarm.level
      ? null
      : after.phase.is === 'closed'
        ? '**closed**'
        : fact(after),
    after.level === alarm.level ? null : 'level up',
    after.dataInterrupted && !alarm.dataInterrupted ? 'marked' : null,
    decided.value.some((e) => e.change.kind === 'noted' || e.change.kind === 'assessed') ? 'kept' : null,
  ].filter((m) => m !== null);
  return marks.length === 0 ? 'replaced' : marks.join(', ');
}
