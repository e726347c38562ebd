import type { Refusal } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import { days, type Millis, seconds } from '../../domain/time.ts';
import { differencesOf, exchangeKey, itemsOf } from '../../domain/upstream/entry.ts';
import { dayOf, LANES, parsedNumber, UP_OBJECTS, type UpItem } from '../../domain/upstream/item.ts';
import { type Difference, foundAgain, stateOf } from '../../domain/upstream/reconcile.ts';
import type { UpstreamSetup } from '../../domain/upstream/setup.ts';
import type { Core } from '../core/core.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { UpstreamProfiles } from '../ports/upstream/line.ts';
import type { OutboxQuery, UpstreamSeen, Upstreams } from '../ports/upstream/upstreams.ts';
import type { Turn } from '../turn.ts';
import type { UpstreamIntake } from './intake.ts';
import type { UpstreamSender } from './sender.ts';
import { ownTallies, takenTallies } from './tallies.ts';

const RECONCILE_WITHIN = seconds(20);
/** Days that are looked at again while something of them differs. */
const LOOK_BACK_DAYS = 7;
const NOT_FOUND: Refusal = { code: 'not-found', detail: null };

type Parts = {
  readonly core: Core;
  readonly turn: Pick<Turn, 'tell'>;
  readonly journal: Pick<Journal, 'exchangedUnder'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly sender: UpstreamSender;
  readonly intake: UpstreamIntake;
  readonly profiles: UpstreamProfiles;
  readonly digest: (text: string) => string;
};

/** Where people look after what goes up and what comes from below; each answer is decided in a turn. */
export class UpstreamOffice implements Upstreams {
  readonly #parts: Parts;
  /** Looked at since the start: upstream and day. */
  readonly #looked = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  profiles: Upstreams['profiles'] = () => this.#parts.profiles.list();

  list: Upstreams['list'] = () => this.#parts.core.upstream.book.upstreams().map((s) => this.#seen(s));

  one: Upstreams['one'] = (name) => {
    const setup = this.#parts.core.upstream.book.upstream(name);
    return setup === undefined ? null : this.#seen(setup);
  };

  sources: Upstreams['sources'] = () => {
    const { foreign } = this.#parts.core;
    const of = (things: Iterable<{ readonly from?: string }>, source: string) =>
      [...things].filter((t) => t.from === source).length;
    return this.#parts.intake.sources().map(({ link, heardAt, silent }) => ({
      link,
      heardAt,
      silent,
      openAlarms: of(foreign.alarms.values(), link.source),
      openOrders: of(foreign.orders.values(), link.source),
      openWarnings: of(foreign.warnings.values(), link.source),
      openIncidents: of(foreign.incidents.values(), link.source),
      offline: this.#parts.core.upstream.book.offline(link.source),
    }));
  };

  keep: Upstreams['keep'] = async (setup, secrets) => {
    const { core, turn } = this.#parts;
    const { book } = core.upstream;
    await turn.tell((draft) => {
      const before = book.upstream(setup.name);
      const same = before !== undefined && before.url === setup.url && before.profile === setup.profile;
      const kept = same ? book.secretsOf(setup.name) : {};
      const tells = (s: UpstreamSetup | undefined) => (s?.enabled === true ? s.objects : []);
      const begins = tells(setup).filter((o) => !tells(before).includes(o));
      core.upstream.keep({ is: 'secrets', name: setup.name, secrets: { ...kept, ...secrets } }, draft);
      core.upstream.keep({ is: 'upstream', name: setup.name, setup }, draft);
      core.upstream.begin(setup.name, begins, { open: openNow(core), draft });
    });
    this.#parts.sender.hurry(setup.name);
    return ok(this.#seen(setup));
  };

  outbox: Upstreams['outbox'] = async (name, q) => {
    if (q.state === 'queued' || q.state === 'rejected') return this.#owed(name, q);
    const page = await this.#parts.journal.exchangedUnder(itemsOf(name), {
      limit: q.state === null ? q.limit : q.limit * 4,
      newestFirst: true,
      ...(q.after === null ? {} : { after: q.after }),
    });
    const items = page.flatMap((e) =>
      e.is === 'item' && (q.state ?? e.item.state) === e.item.state ? [e.item] : [],
    );
    const last = page.at(-1);
    const more = page.length === (q.state === null ? q.limit : q.limit * 4);
    return { items, next: more && last !== undefined ? exchangeKey(last) : null };
  };

  act: Upstreams['act'] = async (name, number, { do: does, by, reason, set }) => {
    const parsed = parsedNumber(number);
    if (parsed === null) return no(NOT_FOUND);
    const { core, turn, sender } = this.#parts;
    const done = await turn.tell((draft): Result<UpItem, Refusal> => {
      const item = core.upstream.book.owed(name, parsed.lane).get(parsed.n);
      if (item === undefined) return no(NOT_FOUND);
      if (does === 'retry' && item.state === 'queued') return ok(item);
      const did = ({ retry: 'retried', correct: 'corrected', waive: 'waived' } as const)[does];
      const acts = [...(item.acts ?? []), { did, by, at: draft.at, reason }];
      const state = does === 'waive' ? 'waived' : 'queued';
      const now: UpItem = {
        ...item,
        state,
        acts,
        ...(does === 'correct' ? { set: { ...item.set, ...set } } : {}),
      };
      core.upstream.keep({ is: 'item', item: now }, draft);
      return ok(now);
    });
    if (done.ok) sender.hurry(name);
    return done;
  };

  backfill: Upstreams['backfill'] = async (name, span) => {
    const { core, turn, sender } = this.#parts;
    const done = await turn.tell((draft): Result<number, Refusal> => {
      const setup = core.upstream.book.upstream(name);
      return setup === undefined ? no(NOT_FOUND) : ok(core.upstream.backfill(setup, span, draft));
    });
    sender.kick();
    return done;
  };

  reconciliation: Upstreams['reconciliation'] = async (name, day) => {
    const { core, clock } = this.#parts;
    const setup = core.upstream.book.upstream(name);
    if (setup === undefined) return no(NOT_FOUND);
    const isToday = day >= dayOf(clock.now());
    const known = await this.#known(name, day);
    if (known.length > 0 && !isToday) return ok(known);
    return ok(await this.#find(setup, day, isToday));
  };

  explain: Upstreams['explain'] = async (name, { day, object }, { by, reason }) => {
    const { core, turn } = this.#parts;
    const known = (await this.#known(name, day)).find((d) => d.object === object);
    if (known === undefined || stateOf(known) === 'agrees') return no(NOT_FOUND);
    return turn.tell((draft) => {
      const difference: Difference = { ...known, explained: { by, at: draft.at, reason } };
      core.upstream.keep({ is: 'difference', difference }, draft);
      return ok(difference);
    });
  };

  take: Upstreams['take'] = (source, body, sees, by) => this.#parts.intake.take(source, body, { sees, by });

  maySpeak: Upstreams['maySpeak'] = (source, { account, isThere }) => {
    const held = this.#parts.core.upstream.book.source(source)?.by;
    return held === undefined || held === account || !isThere(held);
  };

  tally: Upstreams['tally'] = (source, ask) => takenTallies(this.#parts, source, ask);

  /** Each hour: yesterday once, and whatever still differs. */
  async reconcileDue(now: Millis): Promise<void> {
    const { core, log } = this.#parts;
    const yesterday = dayOf(now - days(1));
    for (const setup of core.upstream.book.upstreams()) {
      if (!setup.enabled) continue;
      const open = core.upstream.book
        .openDifferences()
        .filter((d) => d.upstream === setup.name && Date.parse(d.day) > now - days(LOOK_BACK_DAYS + 1))
        .map((d) => d.day);
      const first = this.#looked.has(`${setup.name} ${yesterday}`) ? [] : [yesterday];
      for (const day of new Set([...first, ...open])) {
        this.#looked.add(`${setup.name} ${day}`);
        await this.#find(setup, day, false).catch((cause) =>
          log.warn('a day could not be reconciled', { upstream: setup.name, day, cause: String(cause) }),
        );
      }
    }
  }

  /** @param fleeting the day is not over: what is found of it is told and not kept */
  async #find(setup: UpstreamSetup, day: string, fleeting: boolean): Promise<readonly Difference[]> {
    const { core, turn, sender, clock } = this.#parts;
    const ours = await ownTallies(this.#parts, setup.name, day);
    const line = sender.lineTo(setup);
    const theirs =
      typeof line === 'string' || ours.size === 0
        ? null
        : await line.reconcile({ day, ours }, AbortSignal.timeout(RECONCILE_WITHIN)).catch(() => null);
    const known = await this.#known(setup.name, day);
    const found = UP_OBJECTS.flatMap((object): Difference[] => {
      const own = ours.get(object);
      if (own === undefined) return [];
      const { count, digest, owed, waived } = own;
      const before = known.find((d) => d.object === object);
      const difference: Difference = {
        upstream: setup.name,
        day,
        object,
        ours: { count, digest },
        owed,
        waived,
        theirs: theirs?.get(object) ?? null,
        at: clock.now(),
        explained: null,
      };
      return [foundAgain(before, difference)];
    });
    if (!fleeting && found.length > 0)
      await turn.tell((draft) => {
        for (const difference of found) core.upstream.keep({ is: 'difference', difference }, draft);
      });
    return found;
  }

  async #known(name: string, day: string): Promise<readonly Difference[]> {
    const page = await this.#parts.journal.exchangedUnder(differencesOf(name, day), { limit: 100 });
    return page.flatMap((e) => (e.is === 'difference' ? [e.difference] : []));
  }

  #owed(name: string, { state, limit, after }: OutboxQuery) {
    const { book } = this.#parts.core.upstream;
    const all = LANES.flatMap((lane) => [...book.owed(name, lane).values()]).filter((i) => i.state === state);
    const keyed = (i: UpItem) => exchangeKey({ is: 'item', item: i });
    const from = after === null ? 0 : all.findIndex((i) => keyed(i) === after) + 1;
    const items = all.slice(from, from + limit);
    const last = items.at(-1);
    return { items, next: from + limit < all.length && last !== undefined ? keyed(last) : null };
  }

  #seen(setup: UpstreamSetup): UpstreamSeen {
    const { core, sender } = this.#parts;
    const { book } = core.upstream;
    const count = (lane: (typeof LANES)[number], state: UpItem['state']) =>
      [...book.owed(setup.name, lane).values()].filter((i) => i.state === state).length;
    const course = book.course(setup.name);
    return {
      setup,
      secretsSet: book.secretsSet(setup.name),
      queued: { live: count('live', 'queued'), bulk: count('bulk', 'queued') },
      rejected: count('live', 'rejected') + count('bulk', 'rejected'),
      oldestAt: sender.oldest(setup.name)?.at ?? null,
      given: { live: course.live, bulk: course.bulk },
      differences: book.openDifferences().filter((d) => d.upstream === setup.name).length,
      health: sender.health(setup.name),
    };
  }
}

function openNow({ desk, orders, warnings, incidents, statuses }: Core) {
  const of = <K extends string, T>(kind: K, things: Iterable<T>) =>
    [...things].map((after) => ({ of: kind, after }));
  return {
    alarms: desk.open.values(),
    responses: [
      ...of('order' as const, orders.open.values()),
      ...of('warning' as const, warnings.open.values()),
      ...of('incident' as const, incidents.open.values()),
    ],
    statuses: statuses.values(),
  };
}
