import type { AlarmId, ChannelId, NoticeId } from '../../domain/ids.ts';
import { type ChannelSetup, paceOf } from '../../domain/notice/channel.ts';
import { LINK_LASTS, mayCarryLink } from '../../domain/notice/link.ts';
import { hasGone, type Notice, type SendOutcome } from '../../domain/notice/notice.ts';
import { type Dispatch, DRILL_LANE, laneOf, mayGoNow } from '../../domain/notice/pace.ts';
import { type Millis, minutes, seconds } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import { digestOf } from '../notices/words.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Meters } from '../ports/meters.ts';
import type { NoticeFacts, OpenNoticeChannel, OutgoingMessage } from '../ports/notice-channel.ts';
import type { Turn } from '../turn.ts';
import { CaseFacts } from './case-facts.ts';
import type { NoticeLinks } from './links.ts';

/** Alertmanager's own clients send every minute or so what stands. */
const STANDING_EVERY = minutes(1);
const STANDING_AT_ONCE = 200;

/** Whatever a receiver says back: who reads it is not the link's addressee. */
const withoutLink = (outcome: SendOutcome, address: string | null): SendOutcome =>
  address === null
    ? outcome
    : { ...outcome, said: outcome.said.replaceAll(address.slice(-LINK_SIGNS), '***') };

/** Signs of a token, at the end of its address. */
const LINK_SIGNS = 22;

/** Messages on their way through one channel at a time: a slow receiver keeps its own channel waiting, and no other. */
const IN_FLIGHT = 4;
const WITHIN = seconds(15);

/** When a message was sent, or taken up to be sent. */
type Sending = { at: Millis };

/**
 * Carries what is owed to its receivers. What it is about to send is marked so in a turn, and sent when that is durable; what came
 * of it comes back as a turn. So a kill at any moment loses nothing, and only what was in flight is sent twice, marked 重发.
 *
 *     owed ──turn──▶ queued ──turn──▶ sending ──▶ receiver
 *                                                   │
 *                    sent · failed · undeliverable ◀─turn
 */
export class Outbox {
  readonly #core: Core;
  readonly #turn: Turn;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #meters: Meters;
  readonly #open: OpenNoticeChannel;
  readonly #links: NoticeLinks | null;
  readonly #facts: CaseFacts;
  readonly #sent = new Map<ChannelId, Sending[]>();
  readonly #inFlight = new Map<ChannelId, number>();
  /** When it was last said what stands. */
  #standingAt: Millis = 0;
  readonly #stop = new AbortController();
  /** Marked or being marked as on their way. */
  readonly #taken = new Set<NoticeId>();
  #unsubscribe: () => void = () => undefined;

  constructor(given: {
    core: Core;
    turn: Turn;
    journal: Pick<Journal, 'alarm'>;
    clock: Clock;
    log: Log;
    meters: Meters;
    open: OpenNoticeChannel;
    /** Left out: no notice has a link. */
    links?: NoticeLinks;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#meters = given.meters;
    this.#open = given.open;
    this.#links = given.links ?? null;
    this.#facts = new CaseFacts(given);
  }

  /** Begins with what was in flight when the service stopped. */
  async start(): Promise<void> {
    const now = this.#clock.now();
    // Where our clock was set back, what was sent at an hour yet to come counts as sent just now, and not until that hour has passed.
    for (const n of this.#core.notices.book.notices())
      for (const { at } of n.tries) this.#remember(n.channel, Math.min(at, now));
    if (this.#core.notices.book.pending().some((n) => n.state === 'sending'))
      await this.#turn.tell((draft) => this.#core.notices.resume(draft));
    this.#unsubscribe = this.#clock.every(seconds(1), () => this.#tick());
    this.kick();
  }

  stop(): void {
    this.#unsubscribe();
    this.#stop.abort();
  }

  #tick(): void {
    this.kick();
    const now = this.#clock.now();
    if (now - this.#standingAt < STANDING_EVERY) return;
    this.#standingAt = now;
    void this.#tellStanding();
  }

  /** There may be something to send: after each turn that owes, and each second. Costs nothing where there is not. */
  kick(): void {
    if (this.#stop.signal.aborted) return;
    const { book } = this.#core.notices;
    const pending = book.pending();
    this.#meters.set('notices_waiting', pending.length);
    if (pending.length === 0) return;
    const now = this.#clock.now();
    for (const channel of book.channels()) {
      const free = IN_FLIGHT - (this.#inFlight.get(channel.id) ?? 0);
      if (free <= 0 || !channel.enabled) continue;
      const waiting = pending.filter((n) => n.channel === channel.id && this.#isDue(n, now));
      if (waiting.length === 0) continue;
      const out = mayGoNow(
        waiting.map((n) => ({
          id: n.id,
          channel: n.channel,
          contact: n.contact,
          lane: n.drill === undefined ? laneOf(n.level, n.about) : DRILL_LANE,
          queuedAt: n.queuedAt,
          // What may have arrived already, or was asked for by a person, is not hidden among others.
          single: n.text.marks.includes('again'),
        })),
        this.#recent(channel.id, now),
        paceOf(channel),
        now,
      );
      for (const dispatch of out.slice(0, free)) this.#dispatch(channel, dispatch, now);
    }
  }

  #isDue(n: Notice, now: Millis): boolean {
    if (this.#taken.has(n.id)) return false;
    if (n.state === 'queued') return true;
    // Queued at an hour yet to come, by a clock that was set back: so was its next try.
    return n.state === 'failed' && ((n.nextTryAt ?? 0) <= now || n.queuedAt > now);
  }

  #dispatch(channel: ChannelSetup, { ids, digest }: Dispatch, now: Millis): void {
    const sending = this.#remember(channel.id, now);
    for (const id of ids) this.#taken.add(id);
    this.#inFlight.set(channel.id, (this.#inFlight.get(channel.id) ?? 0) + 1);
    void this.#carry(channel, { ids, digest }, sending)
      // A journal that has failed promises nothing: the next life finds them as they were.
      .catch((cause) => this.#log.warn('a notice could not be carried', { cause: String(cause) }))
      .finally(() => {
        for (const id of ids) this.#taken.delete(id);
        this.#inFlight.set(channel.id, (this.#inFlight.get(channel.id) ?? 1) - 1);
        this.kick();
      });
  }

  async #carry(channel: ChannelSetup, { ids, digest }: Dispatch, sending: Sending): Promise<void> {
    const { notices } = this.#core;
    let address: string | null = null;
    const going = await this.#turn.tell((draft) => {
      const taken = ids.flatMap((id) => notices.command(id, { do: 'send' }, draft) ?? []);
      const [only, ...others] = taken;
      if (only !== undefined && others.length === 0) address = this.#linkFor(only, channel, draft);
      return taken;
    });
    const isDigest = digest && going.length > 1;
    const [first] = going;
    if (first === undefined) return;
    const link = isDigest ? null : (address ?? this.#links?.caseOf(first) ?? null);
    const message = await this.#messageOf(going, { isDigest, link }, first);
    // On a slow disk that is later than it was taken up, and a receiver counts what it gets.
    sending.at = this.#clock.now();
    const outcome = withoutLink(await this.#send(channel, message), address);
    this.#meters.count(`notices_total{channel="${channel.settings.kind}",outcome="${outcome.is}"}`);
    for (const n of going) {
      if (n.call !== null && (outcome.is === 'accepted' || outcome.is === 'delivered'))
        this.#meters
          .histogram('notices_accepted_seconds', `channel="${channel.settings.kind}"`)
          .took((this.#clock.now() - n.queuedAt) / 1_000);
    }
    await this.#turn.tell((draft) => {
      for (const n of going) {
        const after = notices.command(n.id, { do: 'answer', outcome }, draft);
        if (after?.state !== 'undeliverable') continue;
        this.#meters.count('notices_undeliverable_total');
        this.#log.warn('a notice did not arrive', { notice: n.id, channel: channel.id, why: outcome.said });
      }
    });
  }

  /** A receiver that keeps alarms in memory alone is told again of those that stand: after a start of its own it knows none. */
  async #tellStanding(): Promise<void> {
    const { book } = this.#core.notices;
    for (const channel of book.channels()) {
      if (!channel.enabled || channel.settings.kind !== 'alertmanager') continue;
      const told = book.notices().filter((n) => n.channel === channel.id && n.call !== null && hasGone(n));
      const newest = [...new Map(told.map((n) => [n.subject.id, n])).values()];
      const facts = await Promise.all(newest.map((n) => this.#facts.of(n)));
      const standing = facts.filter((f): f is NoticeFacts => f !== null && f.endsAt === null);
      for (let i = 0; i < standing.length; i += STANDING_AT_ONCE) {
        this.#remember(channel.id, this.#clock.now());
        const some = standing.slice(i, i + STANDING_AT_ONCE);
        const text = {
          marks: [],
          title: `${some.length}`,
          lines: [],
          link: this.#links?.deskAddress ?? null,
        };
        const message = {
          id: `standing-${channel.id}-${i}`,
          about: 'again',
          text,
          facts: some,
          to: null,
        } as const;
        const { is } = await this.#send(channel, message);
        this.#meters.count(`notices_standing_total{outcome="${is}"}`);
      }
    }
  }

  async #send(channel: ChannelSetup, message: OutgoingMessage): Promise<SendOutcome> {
    const until = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(WITHIN)]);
    const secrets = this.#core.notices.book.secretsOf(channel.id);
    return this.#open(channel.settings, secrets)
      .send(message, until)
      .catch((cause): SendOutcome => {
        return { is: 'failed', said: String((cause as Error)?.name ?? cause), inDoubt: true };
      });
  }

  /** A new one each try: what is kept of the former one leads to the case as well. */
  #linkFor(n: Notice, channel: ChannelSetup, draft: Parameters<Core['notices']['keep']>[1]): string | null {
    if (this.#links?.mode === 'off' || this.#links === null) return null;
    if (!mayCarryLink(n, channel.settings.kind)) return null;
    const alarm = n.subject.id as AlarmId;
    if (!this.#core.desk.open.has(alarm)) return null;
    const { token, hash } = this.#links.tokens.mint();
    const link = { hash, notice: n.id, alarm, contact: n.contact, until: draft.at + LINK_LASTS };
    this.#core.notices.keep({ is: 'link', link, open: true }, draft);
    return this.#links.addressOf(token);
  }

  async #messageOf(
    going: readonly Notice[],
    { isDigest, link }: { readonly isDigest: boolean; readonly link: string | null },
    first: Notice,
  ): Promise<OutgoingMessage> {
    const { book } = this.#core.notices;
    const facts = await Promise.all(going.map((n) => this.#facts.of(n)));
    return {
      id: first.id,
      about: isDigest ? 'digest' : first.about,
      text: isDigest
        ? { ...digestOf(going), link: this.#links?.deskAddress ?? null }
        : { ...first.text, link },
      facts: facts.flatMap((f) => f ?? []),
      to: first.contact === null ? null : (book.contact(first.contact) ?? null),
    };
  }

  #remember(channel: ChannelId, at: Millis): Sending {
    const sending = { at };
    this.#sent.set(channel, [...(this.#sent.get(channel) ?? []), sending]);
    return sending;
  }

  #recent(channel: ChannelId, now: Millis): readonly Millis[] {
    const recent = (this.#sent.get(channel) ?? []).filter(({ at }) => at > now - minutes(1));
    this.#sent.set(channel, recent);
    return recent.map(({ at }) => at);
  }
}
