import { type Chance, chance } from '../../../simulators/random.ts';
import { as, type CommandId } from '../../../src/domain/ids.ts';
import type { NoticeEntry } from '../../../src/domain/notice/entry.ts';
import type { Order } from '../../../src/domain/order/order.ts';
import type { Refusal } from '../../../src/domain/refusals.ts';
import type { Asked } from '../../../src/domain/response/event.ts';
import type { Result } from '../../../src/domain/result.ts';
import { type Duration, hours, type Millis, minutes } from '../../../src/domain/time.ts';
import { ResponseOffice } from '../../../src/flow/outbox/response-office.ts';
import type { OrderAsk } from '../../../src/flow/ports/responses.ts';
import { aContact, aUnit } from '../../domain/notice/a-city.ts';
import type { FlowHarness } from '../../flow/flow-harness.ts';
import { AttachmentsMemory } from '../../memory/attachments.ts';
import { must } from '../failure.ts';
import type { Fate } from '../fate.ts';
import type { ResponsesKept } from '../observers/responses-kept.ts';
import {
  actsFor,
  CREWS,
  crewAct,
  DESK,
  type Draws,
  deskAct,
  EVERYWHERE,
  incidentAct,
  inWords,
  levelBy,
  one,
  UNIT_OF,
  UNITS,
  warningAct,
} from './asks.ts';

const OFFICE: readonly NoticeEntry[] = [
  ...UNITS.map((code): NoticeEntry => ({ is: 'unit', unit: aUnit(code, 'owner') })),
  ...CREWS.map(
    (account): NoticeEntry => ({
      is: 'contact',
      contact: aContact(account, UNIT_OF[account] ?? '', 'duty', { account }),
    }),
  ),
];

/** What waits for somebody at the desk. */
const OF_THE_DESK: ReadonlySet<Order['state']> = new Set(['new', 'returned', 'done', 'verified']);
/** Of the answers, so many never arrive: the same is asked once more, under the same id. */
const LOST = 0.12;
/** Of what is asked, so much is on the disk when the service is killed, before anybody is answered: it is up again at once. */
const KILLED = { atMessages: 0.25, else: 0.008 } as const;
/** Those who come back with the service, and press at once. */
const COME_BACK = 3;
/** Answers are remembered for a day. */
const REMEMBERED: Duration = hours(20);

type Done = Result<{ readonly id: string; readonly revision: number }, Refusal>;
type Ask = (office: ResponseOffice, asked: Asked) => Promise<Done>;
type Wish = {
  readonly what: string;
  readonly mayChangeNothing?: boolean;
  /** As they last saw the order. */
  readonly seen?: number;
  readonly ask: Ask;
};
/** Something asked for, until its answer is there. */
type Letter = {
  readonly what: string;
  readonly asked: Asked & { readonly commandId: CommandId };
  readonly at: Millis;
  /** It changes something where it is carried out. */
  readonly changes: boolean;
  readonly seen: number;
  readonly ask: Ask;
  tries: number;
};

type Surroundings = {
  readonly seed: number;
  readonly fates: readonly Fate[];
  readonly kept: ResponsesKept;
  /** Real time. */
  readonly now: () => Millis;
  readonly tell: (what: string) => void;
  readonly broke: (why: unknown) => void;
  /** The service is killed after its next commit. */
  readonly kill: () => void;
};

/**
 * Those who make orders, warnings and incidents and work on them: the right one and the wrong one, twice, offline with what
 * they did in their pocket, and again under the same id where no answer came.
 */
export class Responders {
  readonly #by: Surroundings;
  readonly #chance: Chance;
  readonly #loses: Chance;
  readonly #kills: Chance;
  readonly #files = new AttachmentsMemory();
  #office: ResponseOffice | null = null;
  #unanswered: Letter[] = [];
  /** Of crews without a network: the order as they last saw it, and what they did. */
  readonly #pockets = new Map<string, { readonly order: Order; readonly letters: Letter[] }>();
  #n = 0;
  #ids = 0;
  #isFirst = true;
  asked = 0;
  again = 0;
  late = 0;

  constructor(by: Surroundings) {
    this.#by = by;
    this.#chance = chance(by.seed, 'responders');
    this.#loses = chance(by.seed, 'lost answers');
    this.#kills = chance(by.seed, 'kills while somebody waits');
  }

  /** Another life begins. */
  async begins(flow: FlowHarness): Promise<void> {
    const { core, turn, journal, log } = flow;
    if (CREWS.some((c) => core.notices.book.contact(as.contact(c)) === undefined))
      await turn.tell((draft) => {
        for (const e of OFFICE) core.notices.keep(e, draft);
      });
    const id = (head: string, now: Millis) =>
      `${head}${now.toString(36)}${(++this.#ids).toString(36).padStart(4, '0')}`;
    this.#office = new ResponseOffice({
      ...{ core, turn, journal, log, files: this.#files, capSender: '34020000000001' },
      ids: {
        order: (now) => as.order(id('O', now)),
        warning: (now) => as.warning(id('W', now)),
        incident: (now) => as.incident(id('I', now)),
        handover: (now) => as.handover(id('H', now)),
        report: (now) => as.report(id('R', now)),
      },
    });
    if (this.#isFirst) this.#isFirst = false;
    else for (let i = 0; i < COME_BACK; i++) this.look(flow);
  }

  ends(): void {
    this.#office = null;
  }

  /** One of them does something; whoever has no answer asks again first. */
  look(w: FlowHarness): void {
    for (const letter of this.#unanswered.splice(0)) {
      this.again++;
      this.#send(letter);
    }
    this.#backInReach();
    const c = this.#chance;
    const d: Draws = [c.next(), c.next(), c.next(), c.next(), c.next(), c.next()];
    if (d[0] < 0.25) this.#deskActs(w, d);
    else if (d[0] < 0.62) this.#crewActs(w, d);
    else if (d[0] < 0.85) this.#ofWarnings(w, d);
    else this.#ofIncidents(w, d);
  }

  // ── orders ────────────────────────────────────────────────────────────────────────────────────────

  #deskActs(w: FlowHarness, d: Draws): void {
    const open = w.board.responses.orders();
    const account = one(DESK, d[3]) ?? '';
    const theirs = open.filter((o) => d[1] < 0.5 || OF_THE_DESK.has(o.state));
    const order = one(theirs.length > 0 ? theirs : open, d[2]);
    if (order === undefined || (d[1] < 0.35 && open.length < 12)) this.#creates(w, account, d);
    else this.#acts(order, account, deskAct(order, account, d));
  }

  #creates(w: FlowHarness, account: string, d: Draws): void {
    const alarm = d[2] < 0.7 ? one(w.board.open(), d[4]) : undefined;
    const byHand = alarm === undefined;
    const wish = {
      source: { kind: byHand ? 'manual' : 'alarm', id: alarm?.id ?? null } as const,
      title: byHand ? '巡查发现井盖松动' : null,
      lifeline: byHand ? 'gas' : null,
      level: byHand ? levelBy(d[4]) : null,
      place: {},
      alarms: byHand ? [] : [alarm.id],
      unit: d[5] < 0.6 ? as.unit(one(UNITS, d[4]) ?? UNITS[0]) : null,
      ...{ warning: null, incident: null, attachments: [], contact: null },
    };
    this.#asks(account, {
      what: `an order for ${alarm?.id ?? 'what was found'}`,
      ask: (office, asked) => office.createOrder(wish, asked, EVERYWHERE),
    });
  }

  #crewActs(w: FlowHarness, d: Draws): void {
    const account = one(CREWS, d[2]) ?? '';
    const pocket = this.#pockets.get(account);
    // Now and then what is another's.
    const theirs = w.board.responses.orders().filter((o) => d[1] < 0.1 || o.unit === UNIT_OF[account]);
    const order = pocket?.order ?? one(theirs, d[3]);
    if (order === undefined) return;
    const act = crewAct(order, d, w.clock.now());
    if (!this.#isOffline(account)) {
      this.#acts(order, account, act);
      if (d[1] > 0.9) this.#acts(order, account, act);
      return;
    }
    const kept = pocket ?? { order, letters: [] };
    this.#pockets.set(account, kept);
    this.late++;
    const said = { seenRevision: order.revision, actedAt: w.clock.now() };
    kept.letters.push(
      this.#letter(account, {
        what: `${inWords(order, act)}, offline`,
        seen: order.revision,
        ask: (office, asked) => office.actOnOrder(order.id, { ...act, ...asked, ...said }, actsFor(account)),
      }),
    );
  }

  #isOffline(account: string): boolean {
    const now = this.#by.now();
    return this.#by.fates.some(
      (f) => f.kind === 'crew offline' && f.crew === account && f.from <= now && now < f.to,
    );
  }

  /** Whoever has a network again sends what they did, in order. */
  #backInReach(): void {
    for (const [account, { letters }] of this.#pockets) {
      if (this.#isOffline(account)) continue;
      this.#pockets.delete(account);
      for (const letter of letters) this.#send(letter);
    }
  }

  #acts(order: Order, account: string, act: OrderAsk): void {
    const seenRevision = order.revision;
    this.#asks(account, {
      what: inWords(order, act),
      seen: order.revision,
      ask: (office, asked) =>
        office.actOnOrder(order.id, { ...act, ...asked, seenRevision }, actsFor(account)),
    });
  }

  // ── warnings and incidents ────────────────────────────────────────────────────────────────────────

  #ofWarnings(w: FlowHarness, d: Draws): void {
    const now = w.clock.now();
    const open = w.board.responses.warnings();
    const warning = one(open, d[2]);
    const account = (d[1] > 0.8 ? one(CREWS, d[3]) : one(DESK, d[3])) ?? '';
    if (warning !== undefined && (d[1] > 0.3 || open.length > 7)) {
      const ask = warningAct(warning, d, now);
      const who = ask.do === 'confirm' ? actsFor(account) : EVERYWHERE;
      this.#asks(account, {
        what: `${ask.do} ${warning.id}, seen ${warning.state} ${warning.revision}`,
        mayChangeNothing: ask.do === 'confirm',
        ask: (office, asked) => office.actOnWarning(warning.id, { ...ask, ...asked }, who),
      });
      return;
    }
    const alarms = w.board.open().slice(0, 1 + Math.floor(d[4] * 3));
    if (alarms.length === 0) return;
    const expires = now + minutes(20) + Math.round(hours(8) * d[2]);
    const wish = {
      content: d[5] < 0.5 ? {} : { level: levelBy(d[4]), expires },
      ...{ lifeline: null, status: 'actual' as const, incident: null, issuer: null },
      alarms: alarms.map((a) => a.id),
      recipients: UNITS.map((u) => as.unit(u)),
    };
    this.#asks(account, {
      what: `a warning for ${wish.alarms}`,
      ask: (office, asked) => office.draftWarning(wish, asked, EVERYWHERE),
    });
  }

  #ofIncidents(w: FlowHarness, d: Draws): void {
    const open = w.board.responses.incidents();
    const account = one(DESK, d[3]) ?? '';
    const from = Math.floor(d[4] * 5);
    const alarms = w.board.open().flatMap((a, i) => (i % 5 === from ? a.id : []));
    const incident = one(open, d[2]);
    if (incident === undefined || (d[1] < 0.2 && open.length < 6)) {
      if (alarms.length > 0)
        this.#asks(account, {
          what: `an incident of ${alarms}`,
          ask: (office, asked) => office.makeIncident({ name: '疑似同源泄漏', alarms }, asked, EVERYWHERE),
        });
      return;
    }
    const joins = d[1] < 0.45 && alarms.length > 0;
    const ask = joins ? ({ do: 'join', alarms } as const) : incidentAct(incident, open, d);
    this.#asks(account, {
      what: `${ask.do} ${incident.id}, seen ${incident.state} ${incident.revision}`,
      mayChangeNothing: ask.do === 'join',
      ask: (office, asked) => office.actOnIncident(incident.id, { ...ask, ...asked }, EVERYWHERE),
    });
  }

  // ── letters ───────────────────────────────────────────────────────────────────────────────────────

  #asks(account: string, given: Wish): void {
    this.#send(this.#letter(account, given));
  }

  #letter(account: string, given: Wish): Letter {
    const asked = {
      by: { kind: 'operator', account, name: account },
      commandId: as.command(`r${++this.#n}`),
    } as const;
    const { what, ask, mayChangeNothing = false, seen = Number.POSITIVE_INFINITY } = given;
    return {
      what: `${account}: ${what}`,
      asked,
      at: this.#by.now(),
      changes: !mayChangeNothing,
      seen,
      ask,
      tries: 0,
    };
  }

  #send(letter: Letter): void {
    const office = this.#office;
    if (office === null) {
      this.#unanswered.push(letter);
      return;
    }
    this.asked++;
    letter.tries++;
    const isLost = this.#loses.next() < LOST;
    const { what, asked, ask } = letter;
    const isMessage = /: (issue|adjust|end|cancel) W/.test(what);
    if (this.#kills.next() < KILLED[isMessage ? 'atMessages' : 'else']) this.#by.kill();
    ask(office, asked).then(
      (done) => {
        const said = done.ok ? `done, ${done.value.id} ${done.value.revision}` : done.error.code;
        this.#by.tell(`${what} (${asked.commandId}): ${said}${isLost ? ', and the answer is lost' : ''}`);
        if (isLost) this.#unanswered.push(letter);
        try {
          this.#answered(letter, done);
        } catch (why) {
          this.#by.broke(why);
        }
      },
      () => {
        this.#by.tell(`${what} (${asked.commandId}): no answer`);
        this.#unanswered.push(letter);
      },
    );
  }

  #answered({ what, asked, at, changes, seen, tries }: Letter, done: Done): void {
    const { kept, now } = this.#by;
    const isKept = kept.wasCarriedOut(asked.commandId);
    if (!done.ok) {
      must(
        !isKept || now() - at > REMEMBERED,
        () => `${what} was carried out; asked for the ${tries}. time it was refused: ${done.error.code}`,
      );
      return;
    }
    const { id, revision } = done.value;
    const hands = kept.orders.handsAt.get(asked.commandId) ?? 0;
    must(hands <= seen, () => `${what} was carried out, and it had gone to other hands in revision ${hands}`);
    must(
      kept.revisionOf(id) >= revision,
      () => `${what} was answered with revision ${revision}; the disk has ${kept.revisionOf(id)}`,
    );
    must(
      isKept || !changes,
      () => `${what} was answered with "done", and nothing on the disk is of ${asked.commandId}`,
    );
  }
}
