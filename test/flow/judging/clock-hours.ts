import { expect } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { type Duration, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { ClockWatch } from '../../../src/flow/clock-watch.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';
import { ManualClock } from '../../memory/clock.ts';
import { FlowHarness, LI, START } from '../flow-harness.ts';

const TICK = seconds(10);
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What is done to the machine's clock, by what has really passed. `off`: the service is stopped for so long as well. */
type Deed = { readonly after: Duration; readonly set?: Duration; readonly restart?: true };

/** A city with its operators over hours of real time, while things are done to the clock. */
export class Hours {
  w: FlowHarness;
  passed = 0;
  /** What happened, by what had really passed. */
  readonly story: { readonly what: string; readonly after: Duration }[] = [];
  #watch: ClockWatch;
  #told = 0;
  #adoptedAt: number | null = null;
  adopted = 0;
  #settled = false;

  private constructor(w: FlowHarness) {
    this.w = w;
    this.#watch = this.#watching();
  }

  static async begin(set: Duration): Promise<Hours> {
    return new Hours(await FlowHarness.begin({ clock: new ManualClock(START + set) }));
  }

  #watching(): ClockWatch {
    const { core, clock } = this.w;
    return new ClockWatch({
      clock,
      log: SILENT,
      meters: new Meters(),
      devicesSay: () => core.quality.devicesSay,
      settled: () => {
        this.#settled = true;
      },
      adoptedAt: this.#adoptedAt,
    });
  }

  async do(deed: Deed): Promise<void> {
    if (deed.set !== undefined) {
      this.w.clock.wallStepsBy(deed.set);
    }
    if (deed.restart === true) await this.#startAnew(false);
  }

  async #startAnew(adopting: boolean): Promise<void> {
    await this.w.turn.tick('all');
    await this.w.turn.settle();
    this.#tell();
    const by = adopting ? this.w.clock.adopt() : 0;
    this.adopted += by;
    if (adopting) this.#adoptedAt = this.w.clock.now();
    this.w = await this.w.restart(by);
    this.#told = 0;
    this.#watch = this.#watching();
  }

  /** So much passes, with a tick every ten seconds; timeless devices G and H speak every minute. */
  async passes(ms: Duration, speak: (h: Hours) => Promise<unknown>): Promise<void> {
    for (let n = 0; n < ms; n += TICK) {
      this.w.clock.passes(TICK);
      this.passed += TICK;
      this.#watch.look();
      if (this.#settled) {
        this.#settled = false;
        await this.#startAnew(true);
      }
      if (this.passed % minutes(1) === 0) await speak(this);
      await this.w.turn.tick();
      this.#tell();
    }
  }

  #tell(): void {
    for (const e of this.w.events.slice(this.#told))
      this.story.push({
        what: `${e.after.pointCode} ${e.after.ruleId} ${e.event.change.kind}`,
        after: this.passed,
      });
    this.#told = this.w.events.length;
  }
}

/** Devices have their time from elsewhere, from the network, by GPS; or they have none. */
type Time = 'their own' | 'none';
const say = (h: Hours, time: Time, lifeline: string, device: string, values: Record<string, number>) =>
  h.w.telemetry(lifeline, device, { ...(time === 'none' ? {} : { ts: START + h.passed }), values });
/** A gauge trembles. */
const trembling = (h: Hours): number => ((h.passed / TICK) % 7) / 10;

/**
 * Four hours: an alarm acknowledged at once and re-alarmed, one shelved for an hour, one that returns, one silence; rain that
 * adds up, an underpass that fills.
 *
 * @param wrong how far our clock is off as all begins
 */
export async function lives(
  deeds: readonly Deed[],
  { time = 'their own', wrong = 0 }: { time?: Time; wrong?: Duration } = {},
): Promise<Hours> {
  const h = await Hours.begin(wrong);
  const gas = (device: string, ch4: number) => say(h, time, 'gas', device, { ch4: ch4 + trembling(h) });
  const water = (device: string, metric: string, value: number) =>
    say(h, time, 'waterlogging', device, { [metric]: value + trembling(h) / 10 });
  const due = [...deeds];
  const speak = async () => {
    const min = h.passed / minutes(1);
    await Promise.all([
      gas('ACKED', 60),
      gas('SHELVED', 60),
      gas('RETURNS', min < 90 ? 60 : 0.1),
      ...(min < 20 ? [gas('GONE', 0.1)] : []),
      // It rings whatever was done to the clock.
      gas('LATER', min >= 100 ? 60 : 0.1),
      // 50 mm have fallen after a good hour and a half, 100 mm after three.
      water('RAIN', 'rain', 0.5),
      water('UNDERPASS', 'depth', min < 120 ? 1 : Math.min(40, 1 + 3 * (min - 120))),
    ]);
    if (min === 5) {
      const [acked] = h.w.open('ACKED');
      const [shelved] = h.w.open('SHELVED');
      if (acked === undefined || shelved === undefined) throw new Error('the alarms are not there');
      await h.w.acknowledge(acked);
      await h.w.turn.act(
        shelved.id,
        {
          do: 'shelve',
          by: LI,
          until: h.w.clock.now() + hours(1),
          reason: 'test',
          seenRevision: shelved.revision,
          commandId: as.command('shelve-1'),
        },
        null,
      );
    }
  };
  while (h.passed < hours(4)) {
    while (due[0] !== undefined && due[0].after <= h.passed) await h.do(due.shift() as Deed);
    await h.passes(minutes(1), speak);
  }
  return h;
}

/** Of each kind of event at each point, when it happened. */
export function times(h: Hours, from: Duration = 0): Record<string, Duration[]> {
  const found: Record<string, Duration[]> = {};
  for (const { what, after } of h.story) if (after >= from) found[what] = [...(found[what] ?? []), after];
  return found;
}

export async function expectTheSame(h: Hours, story: Promise<Hours>, from: Duration = 0): Promise<void> {
  const [is, should] = [times(h, from), times(await story, from)];
  expect(Object.keys(is).sort()).toEqual(Object.keys(should).sort());
  for (const [what, when] of Object.entries(should)) {
    expect([what, is[what]?.length]).toEqual([what, when.length]);
    // What is caught up little by little makes an hour a few minutes longer or shorter.
    for (const [i, after] of when.entries())
      expect(
        Math.abs((is[what]?.[i] ?? 0) - after),
        `${what} after ${is[what]?.[i]} instead of ${after}`,
      ).toBeLessThanOrEqual(minutes(5));
  }
}
