import fc from 'fast-check';
import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { isPlausible, LATENESS } from '../../../src/domain/judge/placing/event-time.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { above, rule, step } from '../../domain/judge/rules.ts';
import { FlowHarness } from '../flow-harness.ts';
import { Device, type Measured, PerfectObserver } from './perfect-observer.ts';

// Whatever a device's clock says, in whatever order its readings come, however often they are sent and whenever the service dies: every
// excursion that somebody who sees the packets arrive would call an alarm raises one, live or late, and none is raised twice.

const LIMIT = 20;
const PACK: Pack = {
  lifeline: as.lifeline('test'),
  name: { zh: '试验', en: 'test' },
  metrics: [
    {
      key: as.metric('x'),
      name: { zh: '量', en: 'quantity' },
      unit: '',
      kind: 'number',
      sentinels: [],
      expectedInterval: minutes(1),
    },
  ],
  rules: [{ ...rule({ of: 'value' }, step(2, above(LIMIT))), id: as.rule('test.x'), metric: as.metric('x') }],
  levelNote: { zh: '无', en: 'none' },
};

type Step =
  | { readonly do: 'say'; readonly high: boolean; readonly after: number; readonly takes: number }
  | {
      readonly do: 'go on';
      readonly high: readonly boolean[];
      readonly keepsBack: number;
      readonly diesFirst: boolean;
    }
  | { readonly do: 'overtake'; readonly attends: boolean }
  | { readonly do: 'step'; readonly by: number }
  | { readonly do: 'freeze' | 'put right' | 'attend' | 'die' }
  | { readonly do: 'repeat'; readonly back: number }
  | {
      readonly do: 'backlog';
      readonly high: readonly boolean[];
      readonly order: 'up' | 'down' | 'mixed';
      readonly ago: number;
    };

const shift = fc.oneof(
  fc.integer({ min: -seconds(60), max: seconds(60) }),
  fc.integer({ min: -days(1), max: days(1) }),
  fc.integer({ min: -days(400), max: days(400) }),
);
const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      high: fc.boolean(),
      after: fc.constantFrom(100, seconds(5), minutes(1), minutes(1), hours(1)),
      takes: fc.constantFrom(0, 0, 0, 0, 700, seconds(8), seconds(29), seconds(40)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('go on' as const),
      high: fc.array(fc.boolean(), { minLength: 3, maxLength: 8 }),
      keepsBack: fc.nat(16),
      diesFirst: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('overtake' as const), attends: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('step' as const), by: shift }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('put right', 'attend', 'die', 'attend') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('freeze' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat' as const), back: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('backlog' as const),
      high: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
      order: fc.constantFrom('up' as const, 'down' as const, 'mixed' as const),
      ago: fc.constantFrom(minutes(5), minutes(30), hours(3)),
    }),
  },
) as fc.Arbitrary<Step>;

/** Readings after which it shows what a clock is worth: from then on an alarm is live, and no longer on than it has to be. */
const RIGHT_AFTER = 3;

/** Always in the same way. */
function shuffle(list: Measured[]): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = (i * 7) % (i + 1);
    [list[i], list[j]] = [list[j] as Measured, list[i] as Measured];
  }
}

/** A device, its service and the observer, and what was said of each reading. */
class Life {
  readonly device = new Device();
  readonly observer = new PerfectObserver(LIMIT);
  #w: FlowHarness;
  /** By how many values an alarm was raised. */
  readonly #raisedBy = new Set<number>();
  #newestAt = 0;
  /** Readings in a row that came on time from a clock that was right. */
  #onTime = 0;
  /** … and that came when they were due, by whatever clock. */
  #due = 0;

  private constructor(w: FlowHarness) {
    this.#w = w;
  }

  static async begin(): Promise<Life> {
    return new Life(await FlowHarness.begin({ packs: [PACK] }));
  }

  get clock() {
    return this.#w.clock;
  }

  get alarm() {
    return this.#w.open('D1').find((a) => a.ruleId === 'test.x');
  }

  /** With the ticks that keep memories, so that a restart finds some of them kept and some to be made again. */
  async passes(ms: number): Promise<void> {
    if (ms < minutes(1)) this.clock.forward(ms);
    else await this.#w.pass(ms);
  }

  async attend(): Promise<void> {
    if (this.alarm !== undefined) await this.#w.acknowledge(this.alarm);
  }

  async die(): Promise<void> {
    const { clock, disk, history } = this.#w;
    await this.#w.turn.settle();
    this.#w = await FlowHarness.begin({ clock, disk, history, packs: [PACK] });
  }

  sets(clock: () => void): void {
    clock();
    this.#due = 0;
  }

  /** @param isDue it comes when the next one is due, and as it was made */
  async hears(m: Measured, isDue = false): Promise<void> {
    const now = this.clock.now();
    const isRepeat = this.observer.hasSeen(m);
    this.#w.events.length = 0;
    await this.#w.telemetry('test', 'D1', { ts: m.ts, values: { x: m.x } });
    const raised = this.#w.events.flatMap(({ event: { change } }) =>
      change.kind === 'raised' ? [change.breach.value] : [],
    );
    const tells = this.#w.events.some(
      ({ event: { change } }) => change.kind === 'raised' || change.kind === 'recurred',
    );
    const stands = this.alarm?.phase.is.startsWith('active') === true;
    const what = `${JSON.stringify(m)} at ${now}`;
    for (const value of raised) {
      // A step back that nobody can see yet may put a low reading before the high one that an alarm stands for: then that one begins again.
      if (!this.device.isMisleading(now))
        expect(this.#raisedBy.has(value as number), `${value} is raised once: ${what}`).toBe(false);
      this.#raisedBy.add(value as number);
    }
    const isHigh = m.x > LIMIT;
    const isMisleading = this.device.isMisleading(now);
    const heard = { ...m, saysAt: isPlausible(m.ts, now) ? m.ts : now };
    if (isRepeat) expect(raised, `sent again: ${what}`).toEqual([]);
    else if (isHigh && this.device.isUntouched && this.observer.isOfOneTold(m, now - m.wasAt <= LATENESS))
      expect(raised, `told of already: ${what}`).toEqual([]);
    else if (isHigh && !tells && !stands) {
      const was = this.observer.wasOn(m) || this.observer.seemedOn(heard, isMisleading);
      expect(was, `told of: ${what}`).toBe(true);
    }
    this.observer.sees(heard, stands, tells, isMisleading);
    if (isRepeat) {
      this.#due = 0;
      return;
    }
    const isOnTime = this.device.isRight && now - m.wasAt <= LATENESS;
    this.#onTime = isOnTime ? this.#onTime + 1 : 0;
    this.#due = isDue ? this.#due + 1 : 0;
    const isLive = (this.#onTime > RIGHT_AFTER && m.wasAt > this.#newestAt) || this.#due > RIGHT_AFTER;
    this.#newestAt = Math.max(this.#newestAt, m.wasAt);
    if (isLive) {
      expect(stands, `an alarm stands as long as it is high: ${what}`).toBe(isHigh);
      if (isHigh) expect(this.alarm?.late, `live: ${what}`).toBe(false);
    }
  }
}

async function lives(all: readonly Step[]): Promise<void> {
  const life = await Life.begin();
  const { device } = life;
  for (const s of all) {
    const now = life.clock.now();
    switch (s.do) {
      case 'say':
        await life.passes(s.after);
        await life.hears(device.measures(s.high ? 50 : 1, now + s.after - s.takes, s.takes < seconds(1)));
        break;
      case 'go on': {
        const kept: Measured[] = [];
        for (const [i, high] of s.high.entries()) {
          await life.passes(minutes(1));
          const isKept = i === s.keepsBack;
          const m = device.measures(high ? 50 : 1, life.clock.now(), !isKept);
          if (isKept) kept.push(m);
          else await life.hears(m, kept.length === 0);
        }
        if (kept.length > 0) await life.attend();
        if (kept.length > 0 && s.diesFirst) await life.die();
        for (const m of kept) await life.hears(m);
        break;
      }
      case 'overtake': {
        const made = [50, 50, 1].map((x, i) => device.measures(x, now + seconds(i + 1), false));
        life.clock.forward(seconds(3));
        for (const m of made.slice(1)) await life.hears(m);
        if (s.attends) await life.attend();
        for (const m of made.slice(0, 1)) await life.hears(m);
        break;
      }
      case 'step':
        life.sets(() => device.step(s.by, now));
        break;
      case 'put right':
        life.sets(() => device.putRight(now));
        break;
      case 'freeze':
        life.sets(() => device.freeze(now));
        break;
      case 'repeat': {
        const m = device.sent.at(-1 - s.back);
        // By a time that cannot be believed, or of a clock that stands still, nothing is known again: in doubt it is told of.
        const isOneOfMany = device.sent.some((s) => s !== m && s.ts === m?.ts);
        if (m !== undefined && !isOneOfMany && isPlausible(m.ts, now) && isPlausible(m.ts, m.wasAt))
          await life.hears(m);
        break;
      }
      case 'backlog': {
        life.clock.forward(s.ago);
        const made = s.high.map((high, i) =>
          device.measures(high ? 50 : 1, now + seconds(1) + seconds(20 * i), false),
        );
        if (s.order === 'down') made.reverse();
        if (s.order === 'mixed') shuffle(made);
        for (const m of made) {
          life.clock.forward(10);
          await life.hears(m);
        }
        break;
      }
      case 'attend':
        await life.attend();
        break;
      case 'die':
        await life.die();
    }
  }
}

test('every excursion that who sees it arrive would call an alarm raises one, and none is raised twice', async () => {
  const property = fc.asyncProperty(fc.array(STEP, { minLength: 3, maxLength: 40 }), lives);
  await fc.assert(property, {
    numRuns: 300,
    seed: 13,
  });
}, 120_000);
