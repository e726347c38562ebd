import { type Chance, chance } from '../../../simulators/random.ts';
import { as } from '../../../src/domain/ids.ts';
import type { RuleChange } from '../../../src/domain/rules/change.ts';
import { hours, type Millis, minutes } from '../../../src/domain/time.ts';
import type { FlowHarness } from '../../flow/flow-harness.ts';
import { must } from '../failure.ts';
import { WATCHED } from '../house.ts';

const LI = { account: 'li', name: '李值班' };
/** The clock of the flow ticks every minute at least. */
const GRACE = minutes(2);
/** For so many points there comes one, by and by, that nobody has connected. */
const SILENT_SHARE = 4;

type Window = { readonly id: string; readonly point: string; readonly until: Millis; over: boolean };

/**
 * Those who keep register and rules: works, points out of service, files of the register, new numbers. None of it may change what rings:
 * limits stay between what is normal and what is an excursion.
 */
export class Keepers {
  readonly #chance: Chance;
  readonly #points: readonly string[];
  readonly #tell: (what: string) => void;
  readonly #broke: (why: unknown) => void;
  readonly #works: Window[] = [];
  /** Points out of service as was ordered, and until when at the longest; what was answered to nobody may be so or not. */
  readonly #out = new Map<string, Millis>();
  orders = 0;

  constructor(given: {
    seed: number;
    points: readonly string[];
    tell: (what: string) => void;
    broke: (why: unknown) => void;
  }) {
    this.#chance = chance(given.seed, 'keepers');
    this.#points = given.points;
    this.#tell = given.tell;
    this.#broke = given.broke;
  }

  /** One of them does something. */
  act(w: FlowHarness): void {
    const c = this.#chance;
    const [draw, extent, whose] = [c.next(), c.next(), c.next()];
    const code = this.#points[Math.floor(whose * this.#points.length)];
    if (code === undefined || w.core.register.point(as.point(code)) === undefined) return;
    this.orders++;
    if (draw < 0.25) this.#opens(w, code, extent);
    else if (draw < 0.35) this.#ends(w);
    else if (draw < 0.55) this.#takesOut(w, code, extent);
    else if (draw < 0.75) this.#imports(w, extent);
    else this.#changesRule(w, code, draw, extent);
  }

  /** What was out of service for long enough comes back, and is asked for until it has. */
  minute(w: FlowHarness): void {
    const now = w.clock.now();
    for (const [code, until] of this.#out)
      if (now >= until && w.core.register.point(as.point(code))?.outOfService !== null)
        this.#ask(`${code} back in service`, () => this.#change(w, { code, outOfService: null }));
  }

  /** @param isHidden what hides an open alarm, as everybody sees it */
  mayHide(isHidden: 'suppressed' | 'outOfService', point: string, w: FlowHarness): void {
    const now = w.clock.now();
    // As everybody sees it, alarm and point alike: the register in hand may be a turn ahead.
    const known = w.disk.state.register.get(`point/${point}`);
    if (isHidden === 'outOfService')
      must(
        known?.kind === 'point' && known.point.outOfService !== null,
        () => `an alarm of ${point} is out of service, and its point is not`,
      );
    else
      must(
        this.#works.some((x) => x.point === point && now <= x.until + GRACE),
        () => `an alarm of ${point} is suppressed, and no works are on there`,
      );
  }

  #opens(w: FlowHarness, code: string, extent: number): void {
    const until = w.clock.now() + minutes(10) + Math.round(hours(6) * extent);
    const works = { point: as.point(code), from: null, until, reason: '清淤', by: LI, scope: null };
    this.#ask(`works at ${code}`, async () => {
      // Whoever is not answered does not know whether it was done.
      const made: Window = { id: '', point: code, until, over: false };
      this.#works.push(made);
      const done = await w.registrar.order({ do: 'open-works', ...works, second: null });
      if (done.ok) this.#works[this.#works.indexOf(made)] = { ...made, id: done.value.after.id };
      return done.ok ? 'done' : done.error.code;
    });
  }

  #ends(w: FlowHarness): void {
    const going = this.#works.find((x) => x.id !== '' && !x.over && x.until > w.clock.now());
    if (going === undefined) return;
    going.over = true;
    const { id, point } = going;
    this.#ask(`end of ${id} at ${point}`, async () => {
      const done = await w.registrar.order({
        ...{ do: 'end-works', point: as.point(point), id, by: LI, scope: null },
      });
      return done.ok ? 'done' : done.error.code;
    });
  }

  #takesOut(w: FlowHarness, code: string, extent: number): void {
    this.#out.set(code, w.clock.now() + minutes(5) + Math.round(hours(4) * extent));
    this.#ask(`${code} out of service`, () => this.#change(w, { code, outOfService: { reason: '换电池' } }));
  }

  async #change(
    w: FlowHarness,
    { code, ...wish }: { code: string; outOfService: { reason: string } | null },
  ): Promise<string> {
    const done = await w.registrar.order({
      ...{ do: 'change', wish: { kind: 'point', code: as.point(code), ...wish }, scope: null },
    });
    return done.ok ? 'done' : done.error.code;
  }

  /** A file that gives some points other names, and brings one that nobody knows yet. */
  #imports(w: FlowHarness, extent: number): void {
    const known = this.#points.filter((p) => w.core.register.point(as.point(p)) !== undefined);
    const rows = [...known, `X-${Math.floor(extent * (1 + this.#points.length / SILENT_SHARE))}`].map(
      (code, i) => ({
        line: i + 2,
        wish: {
          ...{ kind: 'point' as const, code: as.point(code), lifeline: as.lifeline('gas') },
          name: `${code} ${Math.floor(extent * 10)}号井`,
        },
      }),
    );
    this.#ask(`a file of ${rows.length} points`, async () => {
      const done = await w.registrar.importRows({ rows, scope: null, trial: false });
      must(done.failed.length === 0, () => `a file of points was refused: ${JSON.stringify(done.failed)}`);
      return `${done.created} made, ${done.updated} changed`;
    });
  }

  #changesRule(w: FlowHarness, code: string, draw: number, extent: number): void {
    const [gas] = WATCHED;
    const step = gas?.limits.at(-1);
    if (gas === undefined || step === undefined) return;
    const scope =
      draw < 0.88 ? { kind: 'point' as const, point: as.point(code) } : { kind: 'lifeline' as const };
    const change: RuleChange =
      draw > 0.95
        ? { do: 'revert', version: 1 }
        : {
            ...{ do: 'set', scope },
            steps: [{ level: step.level, limit: { limit: step.over / 2 + (step.over / 2) * extent } }],
          };
    this.#ask(`${gas.rule}: ${JSON.stringify(change)}`, async () => {
      const by = LI;
      const done = await w.turn.rule({
        ...{ do: 'propose', rule: as.rule(gas.rule), change, reason: '复核', submit: true, by },
        commandId: null,
      });
      return done.ok ? done.value.state : JSON.stringify(done.error);
    });
  }

  #ask(what: string, ask: () => Promise<string>): void {
    ask().then(
      (answer) => this.#tell(`keepers: ${what}: ${answer}`),
      (why) => {
        if (why instanceof Error && why.name === 'Broken') this.#broke(why);
        else this.#tell(`keepers: ${what}: no answer`);
      },
    );
  }
}
