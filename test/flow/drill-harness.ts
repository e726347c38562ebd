import { generate } from '../../simulators/generate.ts';
import { lifelineOf } from '../../simulators/models/index.ts';
import { demo } from '../../simulators/profiles/demo.ts';
import { scenarioNamed } from '../../simulators/scenarios/index.ts';
import { SimulatedDrills } from '../../src/adapters/drill-scenarios/index.ts';
import type { Actor } from '../../src/domain/alarm/alarm.ts';
import type { Drill } from '../../src/domain/drill/drill.ts';
import { as } from '../../src/domain/ids.ts';
import type { RegisterChange } from '../../src/domain/register/register.ts';
import { countIndicators } from '../../src/flow/board/indicators.ts';
import { DrillOffice } from '../../src/flow/outbox/drill-office.ts';
import { ResponseOffice } from '../../src/flow/outbox/response-office.ts';
import type { DrillWish } from '../../src/flow/ports/answering/drills.ts';
import type { JournaledEvent } from '../../src/flow/ports/journal.ts';
import { START } from './flow-harness.ts';
import { channel, hook, LADDER, PEOPLE, policy, Told } from './told-harness.ts';

export const ALL = { unit: null, sees: () => true };
export const person = (account: string): Actor => ({ kind: 'operator', account, name: account });
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const FORWARD = 10_000;

const registerOf = ({ areas, assets, instruments }: ReturnType<typeof demo>): readonly RegisterChange[] => {
  const placed = (x: { readonly lon: number; readonly lat: number }) => ({
    lon: x.lon,
    lat: x.lat,
    crs: 'CGCS2000' as const,
  });
  const areaOf = new Map(assets.map((a) => [a.code, as.area(a.area)]));
  const device = { vendor: null, serial: null, installedAt: null, unverified: false };
  return [
    ...areas.map(
      (a): RegisterChange => ({
        kind: 'area',
        area: { code: as.area(a.code), name: a.name, parent: a.parent === null ? null : as.area(a.parent) },
      }),
    ),
    ...assets.map(
      (a): RegisterChange => ({
        kind: 'asset',
        asset: {
          code: as.asset(a.code),
          name: a.name,
          lifeline: as.lifeline(a.lifeline),
          area: as.area(a.area),
          owner: a.owner,
          place: placed(a),
        },
      }),
    ),
    ...instruments.flatMap((i): RegisterChange[] => {
      const lifeline = as.lifeline(lifelineOf(i.kind));
      const point = as.point(i.code);
      const area = areaOf.get(i.asset) ?? as.area('000000');
      return [
        {
          kind: 'point',
          point: {
            code: point,
            name: i.name,
            lifeline,
            asset: as.asset(i.asset),
            area,
            place: placed(i),
            unverified: false,
            outOfService: null,
            attributes: {},
          },
        },
        { kind: 'device', device: { ...device, code: as.device(i.code), lifeline, point } },
      ];
    }),
  ];
};

/** The simulated city as it lives, with a desk that answers, and drills in it. */
export class DrilledCity {
  told: Told;
  #commands = 0;
  readonly #messages: { readonly at: number; readonly topic: string; readonly payload: string }[];
  #next = 0;

  private constructor(told: Told, messages: DrilledCity['messages']) {
    this.told = told;
    this.#messages = messages;
  }

  get messages(): { readonly at: number; readonly topic: string; readonly payload: string }[] {
    return this.#messages;
  }

  /** @param scenario that befalls the real city @param seed as of the simulators */
  static async begin(scenario: string, seed: number, minutes: number): Promise<DrilledCity> {
    const city = demo();
    const plot = scenarioNamed(scenario).plot(city, seed);
    const scale = { start: START, speed: 1 };
    const messages = [
      ...generate({ city, plot, seed, scale, qos: 1, until: minutes * 60_000, rate: null }),
    ].flatMap((e) =>
      e.is === 'message' && e.topic.endsWith('/telemetry')
        ? [{ at: START + e.atMs, topic: e.topic, payload: e.payload }]
        : [],
    );
    const made = new DrilledCity(await Told.begin([...PEOPLE, channel(hook), policy(LADDER)]), messages);
    await made.flow.change(registerOf(city));
    return made;
  }

  get flow() {
    return this.told.flow;
  }

  endsOnRed = false;

  get drills(): DrillOffice {
    const { core, turn, journal, clock } = this.flow;
    return new DrillOffice({
      core,
      turn,
      journal,
      clock,
      scenarios: new SimulatedDrills(),
      newId: (now) => as.drill(`D${now.toString(36)}`),
      endsOnRed: this.endsOnRed,
    });
  }

  get responses(): ResponseOffice {
    const { core, turn, journal } = this.flow;
    let n = 0;
    const id = (letter: string, now: number) => `${letter}${now.toString(36)}${++n}`;
    return new ResponseOffice({
      core,
      turn,
      journal,
      ids: {
        order: (now) => as.order(id('O', now)),
        warning: (now) => as.warning(id('W', now)),
        incident: (now) => as.incident(id('I', now)),
        handover: (now) => as.handover(id('H', now)),
        report: (now) => as.report(id('R', now)),
      },
      files: { find: async () => null },
      capSender: '99010000000000',
      log: SILENT,
    });
  }

  asked(by: string) {
    return { by: person(by), commandId: as.command(`d${++this.#commands}`) };
  }

  async begins(wish: Partial<DrillWish> = {}): Promise<Drill> {
    const done = await this.drills.begin(
      { scenario: 'gas-leak', area: null, notices: 'off', ...wish },
      this.asked('chen'),
      ALL,
    );
    if (!done.ok) throw new Error(done.error.code);
    return done.value;
  }

  /** The city lives on for so long. */
  async live(minutes: number): Promise<void> {
    const until = this.flow.clock.now() + minutes * 60_000;
    while (this.flow.clock.now() < until) {
      this.flow.clock.forward(FORWARD);
      const now = this.flow.clock.now();
      for (;;) {
        const m = this.#messages[this.#next];
        if (m === undefined || m.at > now) break;
        this.#next++;
        void this.flow.packet(m.topic, m.payload);
      }
      await this.flow.turn.tick();
      this.told.outbox.kick();
      await this.told.quiet();
    }
  }

  /** What happened to real alarms, without the ids, which go by chance. */
  real(events: readonly JournaledEvent[] = this.flow.events) {
    return events.map(({ event, after }) => [
      event.at,
      event.change.kind,
      after.pointCode,
      after.ruleId,
      after.level,
      after.phase.is,
      after.overlay.is,
      after.worst.value,
    ]);
  }

  /** What real people were told, with the instant at which it left. */
  sent() {
    return this.told.sent
      .filter((s) => !s.message.text.marks.includes('drill'))
      .map((s) => [
        s.at,
        s.message.to?.name,
        s.message.about,
        s.message.text.title,
        s.message.text.marks.length,
      ]);
  }

  counted() {
    return countIndicators({
      journal: this.flow.journal,
      open: this.flow.board.open(),
      filter: { from: START, to: this.flow.clock.now() },
      sees: () => true,
      now: this.flow.clock.now(),
    });
  }

  /** Incidents, orders and warnings that are real: which points, of what level. */
  responded() {
    return this.flow.records.flatMap((r) =>
      (r.responses ?? []).map((e) => [
        r.at,
        e.of,
        e.of === 'incident' ? e.after.members.map((m) => m.point) : null,
        'level' in e.after ? e.after.level : null,
      ]),
    );
  }
}
