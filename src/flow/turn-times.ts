import type { Millis } from '../domain/time.ts';
import type { TurnRecord } from './ports/journal.ts';
import type { Histogram, Meters } from './ports/meters.ts';

/** Changes of an alarm that somebody must hear of. */
const ALERTS = new Set(['raised', 'escalated', 'recurred', 'realarmed']);

type Received = { readonly packet: { readonly receivedAt: Millis } };

/** How long turns take, for `/metrics`. What is judged and written is measured by what passes, the rest by our clock. */
export class TurnTimes {
  readonly #passed: () => number;
  readonly #judged: Histogram;
  readonly #committed: Histogram;
  readonly #durable: Histogram;
  readonly #alert: Histogram;

  /** @param passed milliseconds since some moment */
  constructor(meters: Meters, passed: () => number) {
    this.#passed = passed;
    this.#judged = meters.histogram('turn_seconds');
    this.#committed = meters.histogram('commit_seconds');
    this.#durable = meters.histogram('publish_durable_seconds');
    this.#alert = meters.histogram('publish_alert_seconds');
  }

  /** A turn begins. @returns to be called when it is judged, which returns what is to be called when it is on disk */
  begin(): () => () => void {
    const began = this.#passed();
    return () => {
      const judged = this.#passed();
      this.#judged.took((judged - began) / 1_000);
      return () => this.#committed.took((this.#passed() - judged) / 1_000);
    };
  }

  /** Its alarms have been told; of the packets that may have raised them the one that came first counts. */
  told({ events }: TurnRecord, packets: readonly Received[], now: Millis): void {
    if (packets.length === 0) return;
    const first = packets.reduce((least, { packet }) => Math.min(least, packet.receivedAt), now);
    for (const { event } of events)
      if (ALERTS.has(event.change.kind)) this.#alert.took((now - first) / 1_000);
  }

  durable({ packet }: Received, now: Millis): void {
    this.#durable.took((now - packet.receivedAt) / 1_000);
  }
}
