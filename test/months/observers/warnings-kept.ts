import { accountOf } from '../../../src/domain/response/event.ts';
import { type Duration, type Millis, minutes } from '../../../src/domain/time.ts';
import type { WarningEvent } from '../../../src/domain/warning/commands.ts';
import type { Warning, WarningMessage } from '../../../src/domain/warning/warning.ts';
import { Broken, must } from '../failure.ts';

/** The clock of the flow ticks every minute at least, and a slow disk takes its time. */
const GRACE: Duration = minutes(3);

type Seen = {
  state: 'draft' | 'pending' | 'issued' | 'over';
  level: number;
  expires: Millis;
  drafter: string | null;
  isOverdue: boolean;
  messages: readonly WarningMessage[];
  changedAt: Millis;
  /** Our clock was set by so much, and nobody has told it. */
  owed: Duration;
};

/** Warnings: what is in force stays so until a person ends it, red and orange are signed by another, each message is its own. */
export class WarningsKept {
  readonly #seen = new Map<string, Seen>();
  readonly #identifiers = new Set<string>();
  #upSince: Millis = 0;
  issued = 0;

  begins(now: Millis, movedBy: Duration): void {
    this.#upSince = now;
    for (const w of this.#seen.values()) if (w.state !== 'over') w.owed += movedBy;
  }

  event(event: WarningEvent, after: Warning): void {
    const { id, at, by, change } = event;
    const account = accountOf(by);
    if (change.kind === 'drafted') {
      const { level, expires } = change.birth;
      const fresh = { isOverdue: false, messages: [], changedAt: at, owed: 0 } as const;
      this.#seen.set(id, { state: 'draft', level, expires, drafter: account, ...fresh });
      return;
    }
    const w = this.#seen.get(id);
    if (w === undefined) throw new Broken((() => `${id} is ${change.kind}, and was never drafted`)());
    const say = (what: string) => () => `${id} was ${change.kind} by ${account}, ${what}`;
    must(w.state !== 'over' || change.kind === 'confirmed', say('and was over'));
    if (w.state === 'issued' && change.kind !== 'lifted' && change.kind !== 'cancelled')
      must(after.state === 'issued', say(`and is ${after.state}, having been in force`));
    if ('message' in change) this.#sent(id, w, change.message);
    must(
      after.messages.length >= w.messages.length &&
        JSON.stringify(after.messages.slice(0, w.messages.length)) === JSON.stringify(w.messages),
      say('and a message of it is another one now'),
    );
    w.messages = after.messages;
    if (change.kind !== 'clock-moved') w.changedAt = at;
    switch (change.kind) {
      case 'edited':
        must(w.state === 'draft', say(`and was ${w.state}`));
        w.drafter = account;
        w.level = change.content.level ?? w.level;
        w.expires = change.content.expires ?? w.expires;
        break;
      case 'submitted':
        w.state = 'pending';
        break;
      case 'returned':
        w.state = 'draft';
        break;
      case 'lapsed':
        must(
          w.state === 'pending' && at >= w.expires,
          say('before its end, or without having been submitted'),
        );
        w.state = 'draft';
        break;
      case 'issued':
        this.issued++;
        must(w.state === 'pending' || w.level === 4, say('and was never submitted'));
        must(account !== null && (w.level > 2 || account !== w.drafter), say('who drafted it'));
        must(w.expires > at, say('after its end'));
        w.state = 'issued';
        break;
      case 'adjusted': {
        const { level, expires } = change.message.content;
        must(level > 2 || level >= w.level || account !== w.drafter, say('who drafted it'));
        must(
          after.recipients.every((r) => r.confirmed === null),
          say('and counts as confirmed, though it says something else'),
        );
        Object.assign(w, { level, expires, isOverdue: false });
        break;
      }
      case 'overdue':
        must(!w.isOverdue && at >= w.expires, say('before its end, or twice'));
        w.isOverdue = true;
        break;
      case 'lifted':
      case 'cancelled':
        must(account !== null && w.state === 'issued', say('and no person ended it'));
        w.state = 'over';
        break;
      case 'discarded':
        must(w.state !== 'issued', say('and was in force'));
        w.state = 'over';
        break;
      case 'clock-moved':
        w.expires += change.by;
        w.changedAt += change.by;
        w.owed -= change.by;
        break;
      default:
    }
  }

  #sent(id: string, w: Seen, { identifier, references }: WarningMessage): void {
    must(
      !this.#identifiers.has(identifier),
      () => `message ${identifier} of ${id} has the identifier of another`,
    );
    this.#identifiers.add(identifier);
    must(
      references.map((r) => r.identifier).join() === w.messages.map((m) => m.identifier).join(),
      () => `message ${identifier} of ${id} does not name all before it`,
    );
  }

  tick(now: Millis): void {
    for (const [id, w] of this.#seen) {
      must(w.owed === 0, () => `our clock was set by ${w.owed / 1_000} s, and ${id} lies where it lay`);
      const isDue = w.state === 'pending' || (w.state === 'issued' && !w.isOverdue);
      const since = Math.max(w.expires, w.changedAt, this.#upSince);
      must(
        !isDue || now - since <= GRACE,
        () => `${id} is ${w.state}, its end was ${(now - since) / 1_000} s ago, and nothing is said of it`,
      );
    }
  }
}
