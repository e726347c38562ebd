import { describe, expect, test } from 'vitest';
import { type Duration, days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { SelfWatch } from '../../../src/flow/self-watch.ts';
import { SpoolWatch } from '../../../src/flow/storage/spool-watch.ts';
import { ManualClock } from '../../memory/clock.ts';
import { FlowHarness, START } from '../flow-harness.ts';

/** A city of gas chambers whose own clocks are apart from ours by so much, and a service that watches itself. */
class City {
  w: FlowHarness;
  #self!: SelfWatch;
  passed = 0;

  private constructor(w: FlowHarness) {
    this.w = w;
  }

  static async begin(ourClock: Duration): Promise<City> {
    const city = new City(await FlowHarness.begin({ clock: new ManualClock(START + ourClock) }));
    await city.#watch();
    return city;
  }

  async #watch(): Promise<void> {
    const { w } = this;
    this.#self = new SelfWatch({
      turn: w.turn,
      registrar: w.registrar,
      drain: w.drain,
      spool: new SpoolWatch({ ...w, maxBytes: 1e9 }),
      losses: { readings: 0 },
      meters: w.meters,
      rssMiB: () => 100,
      clock: { apart: 0 },
      devices: w.core.quality,
      probe: { misses: 0 },
    });
    await this.#self.start(w.core.register);
  }

  async isRestarted(movedBy: Duration): Promise<void> {
    await this.w.turn.tick('all');
    await this.w.turn.settle();
    this.w.clock.wallStepsBy(movedBy);
    this.w = await this.w.restart(this.w.clock.adopt());
    await this.#watch();
  }

  /** @param off of each device, its clock's own error */
  async speaks(forSoLong: Duration, off: Readonly<Record<string, Duration>>): Promise<void> {
    for (let n = 0; n < forSoLong; n += minutes(1)) {
      this.w.clock.forward(minutes(1));
      this.passed += minutes(1);
      for (const [i, [device, by]] of Object.entries(off).entries()) {
        const ch4 = 1 + ((n / minutes(1) + i) % 7) / 10;
        await this.w.telemetry('gas', device, { ts: START + this.passed + by, values: { ch4 } });
      }
      await this.w.turn.tick();
      this.#self.report(this.w.clock.now());
      await this.w.turn.settle();
    }
  }

  get clockFaults(): string[] {
    const faults = this.w.core.quality.faults().filter((f) => f.kind === 'clock-off');
    return faults.filter((f) => f.clearedAt === null).map((f) => f.device);
  }

  get ofOurClock() {
    return this.w.open('PLATFORM').filter((a) => a.ruleId === 'platform.devices.limit');
  }
}

const RIGHT = { A: 0, B: seconds(1), C: -seconds(2), D: seconds(3), E: 0 };

describe('where the devices agree with each other and not with us, it is our clock', () => {
  test.each([
    ['a year behind', -days(365), 1],
    ['a year ahead', days(365), 1],
    ['eight hours behind', -hours(8), 1],
    ['eight hours ahead', hours(8), 1],
    ['two minutes and a half ahead', seconds(150), 1],
    ['a minute ahead', minutes(1), 2],
  ] as const)(
    'ours is %s at the start: one alarm of the platform with the amount, and no device is blamed',
    async (_, ours, level) => {
      const city = await City.begin(ours);
      await city.speaks(minutes(10), RIGHT);
      expect(city.clockFaults).toEqual([]);
      const [alarm, ...more] = city.ofOurClock;
      expect(more).toEqual([]);
      expect(alarm?.worst.level).toBe(level);
      expect(Math.abs((alarm?.worst.value ?? 0) + ours / 1_000)).toBeLessThan(5);
    },
  );

  test('the alarm returns when our clock has been put right', async () => {
    const city = await City.begin(-days(365));
    await city.speaks(minutes(10), RIGHT);
    await city.isRestarted(days(365));
    await city.speaks(minutes(10), RIGHT);
    expect(city.ofOurClock.map((a) => a.phase.is)).toEqual(['returned-unacked']);
    expect(city.clockFaults).toEqual([]);
  });

  test('one whose clock is off by itself is blamed for it, also while ours is wrong', async () => {
    const city = await City.begin(-days(365));
    await city.speaks(minutes(10), { ...RIGHT, F: -hours(5) });
    expect(city.clockFaults).toEqual(['F']);
    expect(city.ofOurClock.length).toBe(1);
  });
});

describe('it is not our clock', () => {
  test('where only some devices are off by the same amount', async () => {
    const city = await City.begin(0);
    await city.speaks(minutes(10), { ...RIGHT, F: hours(8), G: hours(8) });
    expect(city.clockFaults).toEqual(['F', 'G']);
    expect(city.ofOurClock).toEqual([]);
  });

  test('where two are all there are', async () => {
    const city = await City.begin(0);
    await city.speaks(minutes(10), { F: hours(8), G: hours(8) });
    expect(city.clockFaults).toEqual(['F', 'G']);
    expect(city.ofOurClock).toEqual([]);
  });

  test('where all of them flush what they kept while the network was away', async () => {
    const city = await City.begin(0);
    await city.speaks(minutes(10), RIGHT);
    city.w.clock.forward(hours(3));
    const since = city.passed;
    city.passed += hours(3);
    for (let n = minutes(1); n < hours(3); n += minutes(1))
      for (const device of Object.keys(RIGHT))
        await city.w.telemetry('gas', device, { ts: START + since + n, values: { ch4: 1 + (n % 7) / 10 } });
    await city.speaks(minutes(3), RIGHT);
    expect(city.ofOurClock).toEqual([]);
    expect(city.clockFaults).toEqual([]);
  });
});
