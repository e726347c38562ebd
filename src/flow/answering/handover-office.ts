import { maySeeArea } from '../../domain/account/scope.ts';
import type { HandoverCommand } from '../../domain/handover/handover.ts';
import { type AreaCode, as } from '../../domain/ids.ts';
import { type Core, contentOf } from '../core/core.ts';
import { type DecideInTurn, decidingInTurn } from '../outbox/decide-in-turn.ts';
import type { Handovers } from '../ports/answering/handovers.ts';
import type { ResponseIds } from '../ports/ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Turn } from '../turn.ts';
import { freezeHandover, hasRedIncident } from './freeze-handover.ts';

/** The office where one shift hands over to the next: what is handed over is frozen in the turn that makes the hand-over. */
export class HandoverOffice implements Handovers {
  readonly #core: Core;
  readonly #journal: Pick<Journal, 'response' | 'responseEvents' | 'responses'>;
  readonly #ids: Pick<ResponseIds, 'handover'>;
  readonly #decide: DecideInTurn;

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: Pick<Journal, 'response' | 'responseEvents' | 'responses'>;
    ids: Pick<ResponseIds, 'handover'>;
    log: Log;
  }) {
    this.#core = given.core;
    this.#journal = given.journal;
    this.#ids = given.ids;
    this.#decide = decidingInTurn(given.turn, given.log, 'a hand-over');
  }

  make: Handovers['make'] = async (wish, asked) => {
    const core = this.#core;
    const earlier = core.answerTo(asked.commandId);
    const known = earlier?.verb === 'create' ? await this.handover(as.handover(earlier.alarmId)) : null;
    return this.#decide((draft) => {
      const id = known?.id ?? this.#ids.handover(draft.at);
      const command = { ...asked, do: 'create' as const };
      const now = core.handovers.find(id, known);
      // The anchor is of the moment, and says nothing of what was asked.
      const content = contentOf({ ...wish, anchor: null, from: null });
      return core.once({ of: id, now, command, content }, draft, () => {
        const sees = this.#within(wish.areas);
        if (wish.reason === null && hasRedIncident(core, sees))
          return { ok: false, error: { code: 'handover-red-incident', detail: null } };
        const contents = freezeHandover(core, sees, draft.at);
        const birth = { ...wish, id, seq: draft.lastSeq, contents };
        return core.handovers.command(null, { ...command, birth }, draft);
      });
    });
  };

  act: Handovers['act'] = async (id, ask) => {
    const core = this.#core;
    const durable = core.handovers.open.has(id) ? null : await this.handover(id);
    return this.#decide((draft) => {
      const now = core.handovers.find(id, durable);
      if (now === null) return { ok: false, error: { code: 'handover-unknown', detail: null } };
      const command: HandoverCommand =
        ask.do === 'sign' ? { ...ask, duringRed: hasRedIncident(core, this.#within(now.areas)) } : ask;
      return core.once({ of: id, now, command, content: contentOf(command) }, draft, (handover) =>
        core.handovers.command(handover, command, draft),
      );
    });
  };

  handover: Handovers['handover'] = async (id) => {
    const found = await this.#journal.response(id);
    return found?.of === 'handover' ? found.after : null;
  };

  handovers: Handovers['handovers'] = async (filter, limit, after) => {
    const page = await this.#journal.responses({ ...filter, kind: 'handover', open: null }, limit, after);
    return { items: page.items.flatMap((t) => (t.of === 'handover' ? t.after : [])), next: page.next };
  };

  eventsOf: Handovers['eventsOf'] = async (id) =>
    (await this.#journal.responseEvents(id)).flatMap((e) => (e.of === 'handover' ? e : []));

  /** @returns whether an area is one of these, or below one; of none of them: every one is, and nowhere too */
  #within(areas: readonly AreaCode[]): (area: string) => boolean {
    if (areas.length === 0) return () => true;
    const { register } = this.#core;
    return (area) => maySeeArea(areas, area, (code) => register.area(as.area(code))?.parent);
  }
}
