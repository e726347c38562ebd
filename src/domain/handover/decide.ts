import type { Refusal, RefusalCode } from '../refusals.ts';
import { accountOf } from '../response/event.ts';
import { no, ok, type Result, unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import {
  type Handover,
  type HandoverChange,
  type HandoverCommand,
  type HandoverEvent,
  isHandoverOpen,
  type ShiftPerson,
} from './handover.ts';

type Decision = Result<readonly HandoverChange[], Refusal>;

/** What becomes of a command on a hand-over. The table in `docs/handover.md` is printed from it. */
export function decideHandover(
  handover: Handover | null,
  command: HandoverCommand,
  now: Millis,
): Result<readonly HandoverEvent[], Refusal> {
  const { by, commandId } = command;
  if (handover === null) {
    if (command.do !== 'create') return refused('handover-unknown');
    const { birth } = command;
    const both = birth.outgoing.some((o) => birth.incoming.some((i) => i.account === o.account));
    if (both) return refused('handover-both-sides');
    return ok([{ id: birth.id, revision: 1, at: now, by, commandId, change: { kind: 'opened', birth } }]);
  }
  if (command.do === 'create') return refused('command-reused');
  const decision = decisionOn(handover, command);
  if (!decision.ok) return decision;
  return ok(
    decision.value.map((change, i) => ({
      id: handover.id,
      revision: handover.revision + 1 + i,
      at: now,
      by,
      commandId,
      change,
    })),
  );
}

function decisionOn(h: Handover, c: Exclude<HandoverCommand, { do: 'create' }>): Decision {
  if (!isHandoverOpen(h)) return refused('handover-over');
  switch (c.do) {
    case 'sign': {
      const account = accountOf(c.by);
      const side: readonly ShiftPerson[] = h[c.side];
      const person = side.find((p) => p.account === account);
      if (person === undefined) return refused('handover-not-yours');
      if (h.signatures.some((s) => s.side === c.side && s.account === person.account))
        return refused('handover-signed');
      // Duty stays with the outgoing shift until it has given it away.
      if (c.side === 'incoming' && h.state === 'open') return refused('handover-outgoing-first');
      if (c.duringRed && h.reason === null && c.reason === null) return refused('handover-red-incident');
      const { remarks, ticks, proof } = c;
      const signature = { ...person, side: c.side, by: proof, remarks, ticks };
      return ok([{ kind: 'signed', signature, ...(c.reason === null ? {} : { reason: c.reason }) }]);
    }
    case 'void':
      return ok([{ kind: 'voided', reason: c.reason }]);
    default:
      return unreachable(c);
  }
}

const refused = (code: RefusalCode) => no<Refusal>({ code, detail: null });
