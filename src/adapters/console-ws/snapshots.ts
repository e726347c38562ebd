import { setImmediate as breathe } from 'node:timers/promises';
import type { Millis } from '../../domain/time.ts';
import type { Board } from '../../flow/ports/service.ts';
import { alarmToJson } from '../../wire/alarm.ts';
import { drillToJson } from '../../wire/response/drill.ts';
import { incidentToJson } from '../../wire/response/incident.ts';
import { orderToJson } from '../../wire/response/order.ts';
import { warningToJson } from '../../wire/response/warning.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { Viewer } from './viewer.ts';

/** Milliseconds of encoding before others get their turn on this thread: packets are judged on it. */
const SLICE = 3;
/** Encoded between two looks at the clock: two of them together are a fraction of a millisecond. */
const BETWEEN_LOOKS = 8;
/** More than most are: to make room again costs a copy of all so far. */
const BYTES_EACH = 2_048;

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
          const { seq, frame } = await this.#encode(alike[0].sees, alike[0].hearsDrills);
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

  async #encode(
    sees: (area: string) => boolean,
    withDrills: boolean,
  ): Promise<{ readonly seq: number; readonly frame: Buffer }> {
    // One synchronous step: these alarms are the state after exactly this event.
    const seq = this.#board.seq();
    const { responses } = this.#board;
    const drill = withDrills ? `,"drill":${JSON.stringify(this.#drills(sees))}` : '';
    const open = this.#board.open().filter((alarm) => sees(alarm.areaCode));
    const orders = responses.orders().filter((o) => sees(o.place.area));
    const warnings = responses.warnings().filter((w) => w.areas.some(sees));
    const incidents = responses.incidents().filter((i) => i.areas.some(sees));
    const live = (alarm: (typeof open)[number]) => this.#board.live(alarm);
    const items = open.length + orders.length + warnings.length + incidents.length;
    const frame = new GrowingBytes(items * BYTES_EACH);
    frame.push(`{"type":"snapshot","seq":${seq},"alarms":[`);
    await this.#list(frame, open, (alarm) => alarmToJson(alarm, live(alarm)));
    frame.push('],"orders":[');
    await this.#list(frame, orders, (order) => orderToJson(order, this.#now()));
    frame.push('],"warnings":[');
    await this.#list(frame, warnings, warningToJson);
    frame.push('],"incidents":[');
    await this.#list(frame, incidents, incidentToJson);
    frame.push(`]${drill}}`);
    return { seq, frame: frame.bytes };
  }

  async #list<T>(frame: GrowingBytes, items: readonly T[], toJson: (item: T) => unknown): Promise<void> {
    for (let i = 0; i < items.length; ) {
      if (i > 0) {
        frame.push(',');
        await breathe();
      }
      const until = performance.now() + SLICE;
      const texts: string[] = [];
      do {
        for (const item of items.slice(i, i + BETWEEN_LOOKS)) texts.push(JSON.stringify(toJson(item)));
        i += BETWEEN_LOOKS;
      } while (i < items.length && performance.now() < until);
      frame.push(texts.join(','));
    }
  }

  /** A drill is small: all of it at once. */
  #drills(sees: (area: string) => boolean) {
    const { drills } = this.#board;
    return {
      drills: drills
        .running()
        .filter((d) => d.areas.some(sees))
        .map(drillToJson),
      alarms: drills
        .alarms()
        .filter((a) => sees(a.areaCode))
        .map((a) => alarmToJson(a, this.#board.live(a))),
      orders: drills.responses
        .orders()
        .filter((o) => sees(o.place.area))
        .map((o) => orderToJson(o, this.#now())),
      warnings: drills.responses
        .warnings()
        .filter((w) => w.areas.some(sees))
        .map(warningToJson),
      incidents: drills.responses
        .incidents()
        .filter((i) => i.areas.some(sees))
        .map(incidentToJson),
    };
  }
}

const keyOf = (viewer: Viewer): string => JSON.stringify([viewer.scope, viewer.hearsDrills]);

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
