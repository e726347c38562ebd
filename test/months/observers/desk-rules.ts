import { type Duration, type Millis, minutes } from '../../../src/domain/time.ts';
import {
  type AnyJournaled,
  isOfAlarm,
  type JournaledEvent,
  type TurnRecord,
} from '../../../src/flow/ports/journal.ts';
import { must } from '../failure.ts';
import { DEADBAND, WATCHED } from '../house.ts';

/** The clock of the flow ticks every minute at least; what is due by the clock may take as long, and is looked at then. */
const GRACE: Duration = minutes(2);

/** What may become of an alarm, whoever or whatever asks for it: read from the events alone. */
export class DeskRules {
  #seq = 0;
  readonly #acknowledged = new Map<string, boolean>();
  readonly #commands = new Set<string>();
  /** What something rang by may have been held for want of room, and lost with a kill: its rule does not know then that it is on. */
  isBlind = false;

  /** The newest event that was made public. */
  get seq(): number {
    return this.#seq;
  }

  record(record: TurnRecord): void {
    const all: AnyJournaled[] = [...record.events, ...(record.responses ?? [])];
    for (const e of all.sort((a, b) => a.seq - b.seq)) this.#follows(e, record);
  }

  /** It was durable before a kill, and is first seen at the start. */
  found(e: AnyJournaled): void {
    this.#follows(e, null);
  }

  /**
   * @param now our clock
   * @param mayHide looks at what is hidden otherwise than by a shelf
   */
  overlays(
    open: Iterable<JournaledEvent['after']>,
    now: Millis,
    mayHide: (isHidden: 'suppressed' | 'outOfService', point: string) => void,
  ): void {
    for (const a of open) {
      if (a.overlay.is === 'suppressed' || a.overlay.is === 'outOfService')
        mayHide(a.overlay.is, a.pointCode);
      if (a.overlay.is === 'shelved') {
        const { until } = a.overlay;
        must(
          now <= until + GRACE,
          () => `${a.id} is still shelved ${(now - until) / 1_000} s after its time`,
        );
      }
    }
  }

  #follows(e: AnyJournaled, record: TurnRecord | null): void {
    must(e.seq === this.#seq + 1, () => `event ${e.seq} follows ${this.#seq}`);
    this.#seq = e.seq;
    if (isOfAlarm(e)) this.#event(e, record);
  }

  #event(e: JournaledEvent, record: TurnRecord | null): void {
    const { event, after } = e;
    const { kind } = event.change;
    if (event.commandId !== null) {
      const key = `${event.commandId} ${kind}`;
      must(
        !this.#commands.has(key),
        () => `${event.commandId} was carried out twice: ${kind} of ${after.id}`,
      );
      this.#commands.add(key);
    }
    switch (kind) {
      case 'raised':
      case 'recurred':
      case 'escalated':
      case 'realarmed':
        this.#acknowledged.set(after.id, false);
        break;
      case 'acknowledged':
        this.#acknowledged.set(after.id, true);
        break;
      case 'closed':
        must(
          this.#acknowledged.get(after.id) === true,
          () => `${after.id} closed, and nobody has acknowledged it`,
        );
        break;
      case 'returned':
        if (record !== null) this.#returned(e, record);
        break;
      default:
    }
  }

  /** Nothing ends but by a reading on time that says so: not by silence, not by a fault value, not by a restart. */
  #returned({ after }: JournaledEvent, record: TurnRecord): void {
    const w = WATCHED.find((x) => x.rule === after.ruleId);
    if (w === undefined) return;
    // What nothing on time has spoken for was never on where it is judged live: below the limit is normal there.
    const isSaid = [...record.readings, ...(record.shown ?? [])].some(
      (r) =>
        r.point === after.pointCode &&
        r.metric === w.metric &&
        r.value !== null &&
        !r.backfill &&
        r.value < Math.min(...w.limits.map((l) => l.over)) * (after.late || this.isBlind ? 1 : 1 - DEADBAND),
    );
    must(isSaid, () => `${after.id} of ${after.pointCode} returned, and no reading in its turn says so`);
  }
}
