import { setImmediate as breathe } from 'node:timers/promises';
import type { Millis } from '../../domain/time.ts';
import type { Board } from '../../flow/ports/service.ts';
import { alarmToJson } from '../../wire/alarm.ts';
import { incidentToJson } from '../../wire/response/incident.ts';
import { orderToJson } from '../../wire/response/order.ts';
import { warningToJson } from '../../wire/response/warning.ts';
import type { Viewer } from './viewer.ts';

/** Alarms encoded before others get their turn on this thread. */
const SLICE = 250;

type SnapshotEars = {
  /** The viewer has its snapshot; events after it may have come meanwhile. */
  ready(viewer: Viewer): void;
  failed(viewers: readonly Viewer[], cause: unknown): void;
};

/**
 * Snapshots for whoever waits for one. One at a time, shared by all who wait when it begins: five hundred
 * consoles that come back together cost one, not five hundred.
 */
export class Snapshots {
  readonly #board: Board;
  readonly #now: () => Millis;
  readonly #on: SnapshotEars;
  #waiting = new Set<Viewer>();
  #making = false;

  constructor(board: Board, now: () => Millis, on: SnapshotEars) {
    this.#board = board;
    this.#now = now;
    this.#on = on;
  }

  want(viewer: Viewer): void {
    viewer.standing = 'waiting';
    this.#waiting.add(viewer);
    if (!this.#making) {
      this.#making = true;
      void this.#make();
    }
  }

  forget(viewer: Viewer): void {
    this.#waiting.delete(viewer);
  }

  async #make(): Promise<void> {
    while (this.#waiting.size > 0) {
      // All who ask in this same moment share what follows.
      await breathe();
      const viewers = this.#waiting;
      this.#waiting = new Set();
      try {
        for (const [key, alike] of byScope(viewers)) {
          const { seq, frame } = await this.#encode(alike[0].sees);
          for (const viewer of alike) {
            // Bound to other areas meanwhile: it has asked again, and waits for the next round.
            if (!viewer.open || keyOf(viewer) !== key) continue;
            viewer.showSnapshot(seq, frame);
            this.#on.ready(viewer);
          }
        }
      } catch (cause) {
        this.#on.failed([...viewers], cause);
      }
    }
    this.#making = false;
  }

  async #encode(sees: (area: string) => boolean): Promise<{ readonly seq: number; readonly frame: Buffer }> {
    // One synchronous step: these alarms are the state after exactly this event.
    const seq = this.#board.seq();
    const open = this.#board.open().filter((alarm) => sees(alarm.areaCode));
    const orders = this.#board.responses.orders().filter((o) => sees(o.place.area));
    const warnings = this.#board.responses
      .warnings()
      .filter((w) => w.areas.some(sees))
      .map(warningToJson);
    const incidents = this.#board.responses
      .incidents()
      .filter((i) => i.areas.some(sees))
      .map(incidentToJson);
    const texts: string[] = [];
    for (let i = 0; i < open.length; i += SLICE) {
      if (i > 0) await breathe();
      for (const alarm of open.slice(i, i + SLICE)) {
        texts.push(JSON.stringify(alarmToJson(alarm, this.#board.live(alarm))));
      }
    }
    const told: string[] = [];
    for (let i = 0; i < orders.length; i += SLICE) {
      await breathe();
      for (const order of orders.slice(i, i + SLICE))
        told.push(JSON.stringify(orderToJson(order, this.#now())));
    }
    const frame = `{"type":"snapshot","seq":${seq},"alarms":[${texts.join(',')}],"orders":[${told.join(',')}],"warnings":${JSON.stringify(warnings)},"incidents":${JSON.stringify(incidents)}}`;
    return { seq, frame: Buffer.from(frame) };
  }
}

const keyOf = (viewer: Viewer): string => JSON.stringify(viewer.scope);

/** Those who see the same share one. */
function byScope(viewers: ReadonlySet<Viewer>): Map<string, [Viewer, ...Viewer[]]> {
  const groups = new Map<string, [Viewer, ...Viewer[]]>();
  for (const viewer of viewers) {
    const group = groups.get(keyOf(viewer));
    if (group === undefined) groups.set(keyOf(viewer), [viewer]);
    else group.push(viewer);
  }
  return groups;
}
