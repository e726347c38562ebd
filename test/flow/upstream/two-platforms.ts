import { sm3 } from '../../../src/adapters/upstream-line/index.ts';
import type { UpstreamSetup } from '../../../src/domain/upstream/setup.ts';
import {
  LineTrouble,
  type OpenUpstreamLine,
  type UpDocument,
} from '../../../src/flow/ports/upstream/line.ts';
import type { ItemsTaken } from '../../../src/wire/upstream/lifeline.ts';
import { upstreamsOver } from '../../support/upstreams.ts';
import { FlowHarness } from '../flow-harness.ts';

export const CITY: UpstreamSetup = {
  name: 'city',
  title: '市级平台',
  profile: 'district-to-city',
  url: 'http://127.0.0.1:9',
  source: 'qiaocheng',
  enabled: true,
  objects: ['alarm', 'order', 'reading', 'register'],
  areas: [],
  readings: null,
};

/** What becomes of one request between them. */
export type Fate = 'pass' | 'cut' | 'cut the answer' | 'twice';

/** A district and a city over memory, and a line between them that does what it is told. */
export class TwoPlatforms {
  district: FlowHarness;
  city: FlowHarness;
  up: ReturnType<typeof upstreamsOver>;
  down: ReturnType<typeof upstreamsOver>;
  fate: (documents: readonly UpDocument[]) => Fate | Promise<Fate> = () => 'pass';
  /** Numbers in the order in which the city was asked to take them. */
  readonly asked: string[] = [];
  readonly #open: OpenUpstreamLine;

  private constructor(district: FlowHarness, city: FlowHarness) {
    this.district = district;
    this.city = city;
    this.#open = ({ setup, stream }) => ({
      batch: 20,
      keepsAlive: true,
      send: async (documents) => {
        const fate = await this.fate(documents);
        if (fate === 'cut') throw new LineTrouble('ECONNRESET');
        const items = documents.map((d) => ({
          ...d,
          content: JSON.parse(JSON.stringify(d.exact())) as unknown,
        }));
        this.asked.push(...documents.map((d) => d.number));
        const take = (): Promise<ItemsTaken> =>
          this.down.office.take(setup.source, { stream, items }, () => true);
        let taken = await take();
        if (fate === 'twice') taken = await take();
        if (fate === 'cut the answer') throw new LineTrouble('ECONNRESET');
        return taken.items.map(({ is, words }) => ({
          is: is === 'taken' || is === 'known' ? 'accepted' : is,
          said: words ?? is,
          receipt: null,
        }));
      },
      reconcile: ({ day, ours }) => this.down.office.tally(setup.source, { day, objects: [...ours.keys()] }),
    });
    this.up = upstreamsOver(district, { open: this.#open });
    this.down = upstreamsOver(city);
  }

  static async begin(setup: Partial<UpstreamSetup> = {}): Promise<TwoPlatforms> {
    const made = new TwoPlatforms(await FlowHarness.begin(), await FlowHarness.begin());
    await made.up.office.keep({ ...CITY, ...setup }, {});
    return made;
  }

  async killDistrict(): Promise<void> {
    this.up.sender.stop();
    this.district = await this.district.restart();
    this.up = upstreamsOver(this.district, { open: this.#open });
  }

  async killCity(): Promise<void> {
    this.city = await this.city.restart();
    this.down = upstreamsOver(this.city);
  }

  /** Until nothing moves any more: what waits for an hour to come waits on. */
  async settle(): Promise<void> {
    for (let i = 0; i < 30; i++) {
      this.up.sender.kick();
      await new Promise((resolve) => setImmediate(resolve));
      await this.district.turn.settle();
      await this.city.turn.settle();
    }
  }

  /** Both clocks go on, a second at a time. */
  async pass(ms: number, step = 1_000): Promise<void> {
    for (let done = 0; done < ms; done += step) {
      await this.district.pass(step);
      await this.city.pass(step);
      await this.settle();
    }
  }

  /** Gas at a point of the district, one reading a minute, four of them. */
  async gas(device: string, value: number, times = 4): Promise<void> {
    for (let i = 0; i < times; i++) {
      await this.district.value('gas', device, 'ch4', value);
      await this.district.pass(60_000);
    }
  }
}

export const digest = sm3;
