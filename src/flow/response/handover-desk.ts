import { decideHandover } from '../../domain/handover/decide.ts';
import { evolveHandover } from '../../domain/handover/evolve.ts';
import {
  type Handover,
  type HandoverCommand,
  isHandoverOpen,
  overlap,
} from '../../domain/handover/handover.ts';
import type { AreaCode, HandoverId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { ResponseDraft } from './order-desk.ts';

/** The desk for hand-overs, inside the turn: one at a time for each area. */
export class HandoverDesk {
  readonly open = new Map<HandoverId, Handover>();

  find(id: HandoverId, durable: Handover | null): Handover | null {
    return this.open.get(id) ?? durable;
  }

  command(
    handover: Handover | null,
    command: HandoverCommand,
    draft: ResponseDraft,
  ): Result<Handover, Refusal> {
    if (command.do === 'create' && this.#isOpenIn(command.birth.areas))
      return no({ code: 'handover-open', detail: null });
    const decided = decideHandover(handover, command, draft.at);
    if (!decided.ok) return decided;
    let now = handover;
    for (const event of decided.value) {
      now = evolveHandover(now, event);
      draft.respond({ of: 'handover', event, after: now });
    }
    if (now !== null) this.restore(now);
    return ok(now as Handover);
  }

  restore(handover: Handover): void {
    if (isHandoverOpen(handover)) this.open.set(handover.id, handover);
    else this.open.delete(handover.id);
  }

  #isOpenIn(areas: readonly AreaCode[]): boolean {
    for (const h of this.open.values()) if (overlap(h.areas, areas)) return true;
    return false;
  }
}
