import type { Actor } from '../alarm/alarm.ts';
import type { UnitCode } from '../ids.ts';
import type { Millis } from '../time.ts';
import type { WarningEvent } from './commands.ts';
import type { Warning, WarningMessage } from './warning.ts';

/** @param warning `null`: the event makes it */
export function evolveWarning(warning: Warning | null, event: WarningEvent): Warning {
  const { change, at, by, revision } = event;
  if (change.kind === 'reported') return change.warning;
  if (warning === null) {
    if (change.kind !== 'drafted') throw new Error(`a warning begins with "${change.kind}"`);
    const { recipients, ...birth } = change.birth;
    return {
      ...birth,
      recipients: unconfirmed(recipients),
      revision,
      state: 'draft',
      draftedAt: at,
      drafter: by,
      approver: null,
      documentNo: null,
      effective: null,
      endedAt: null,
      overdue: false,
      proposal: null,
      messages: [],
    };
  }
  return { ...warning, ...changed(warning, event, by), revision };
}

function changed(w: Warning, { change, at }: WarningEvent, by: Actor): Partial<Warning> {
  switch (change.kind) {
    case 'drafted':
    case 'reported':
      throw new Error('a warning is drafted once');
    case 'edited':
      return {
        ...change.content,
        // Who changes what it says has drafted it.
        drafter: by,
        ...(change.recipients === null ? {} : { recipients: unconfirmed(change.recipients) }),
      };
    case 'submitted':
      return { state: 'pending' };
    case 'issued':
      return {
        ...sent(w, change.message),
        state: 'issued',
        approver: by,
        documentNo: change.message.documentNo,
        effective: at,
      };
    case 'returned':
    case 'lapsed':
      return { state: 'draft' };
    case 'confirmed':
      return {
        recipients: w.recipients.map((r) =>
          r.unit === change.unit && r.confirmed === null ? { ...r, confirmed: { at, by } } : r,
        ),
      };
    case 'adjusted':
      // What it says has changed: who confirmed the old word has not confirmed this one.
      return {
        ...sent(w, change.message),
        ...change.message.content,
        approver: by,
        recipients: unconfirmed(w.recipients.map((r) => r.unit)),
        overdue: false,
        proposal: null,
      };
    case 'adjustment-proposed':
      return { proposal: { level: change.level, alarm: change.alarm, at } };
    case 'overdue':
      return { overdue: true };
    case 'lifted':
      return { ...sent(w, change.message), state: 'lifted', endedAt: at, overdue: false, proposal: null };
    case 'cancelled':
      return { ...sent(w, change.message), state: 'cancelled', endedAt: at, overdue: false, proposal: null };
    case 'discarded':
      return { state: 'discarded', endedAt: at };
    case 'clock-moved':
      return { expires: w.expires + change.by };
  }
}

const sent = (w: Warning, message: WarningMessage) => ({ messages: [...w.messages, message] });
const unconfirmed = (units: readonly UnitCode[]) =>
  units.map((unit) => ({ unit, confirmed: null as { at: Millis; by: Actor } | null }));
