import type { LifelineKey, MetricKey, PointCode } from '../../domain/ids.ts';
import {
  airingSign,
  dayCurveSign,
  ethaneSign,
  neighbourSign,
  pipeSign,
  riseSign,
  temperatureSign,
  wellSign,
} from '../../domain/leak-or-biogas/signs.ts';
import { type LeakOrBiogas, weighed } from '../../domain/leak-or-biogas/weigh.ts';
import { metresBetween } from '../../domain/metres-between.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Point } from '../../domain/register/register.ts';
import { days, hours, type Millis } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import type { LeakSigns } from '../ports/ahead/leak-signs.ts';
import type { History } from '../ports/history.ts';
import { samplesOf } from './floods-of-history.ts';

/** 10,000 ppm = 1 %VOL = 20 %LEL of methane. */
const PPM_OF_LEL = 500;
/** Wells along one pipe lie so far apart at most (D). */
const NEAR_M = 300;
const FORTNIGHT = days(14);

type Asked = {
  readonly point: Point;
  readonly of: NonNullable<Pack['leakOrBiogas']>;
  /** The instant whose past is looked at. */
  readonly at: Millis;
  /** All of the register; those of the same lifeline are neighbours. */
  readonly points: readonly Point[];
  /** Who may be told of. */
  readonly sees: (point: PointCode) => boolean;
  readonly latest: (point: PointCode) => readonly Reading[];
  readonly history: Pick<History, 'raw' | 'buckets'>;
};

/** Reads the history; writes and changes nothing. */
export class LeakSignsOfHistory implements LeakSigns {
  readonly #core: Pick<Core, 'register' | 'points'>;
  readonly #history: Pick<History, 'raw' | 'buckets'>;
  readonly #packs: ReadonlyMap<LifelineKey, Pack>;

  constructor(given: {
    core: Pick<Core, 'register' | 'points'>;
    packs: readonly Pack[];
    history: Pick<History, 'raw' | 'buckets'>;
  }) {
    this.#core = given.core;
    this.#history = given.history;
    this.#packs = new Map(given.packs.map((p) => [p.lifeline, p]));
  }

  async of(code: PointCode, at: Millis, sees: (point: PointCode) => boolean): Promise<LeakOrBiogas | null> {
    const { register, points } = this.#core;
    const point = register.point(code);
    const of = point === undefined ? undefined : this.#packs.get(point.lifeline)?.leakOrBiogas;
    if (point === undefined || of === undefined) return null;
    const latest = (p: PointCode): readonly Reading[] => [...(points.of(p)?.latest.values() ?? [])];
    return lookWhereFrom({ point, of, at, points: register.points(), sees, latest, history: this.#history });
  }
}

async function lookWhereFrom(asked: Asked): Promise<LeakOrBiogas> {
  const { point, of, at, history } = asked;
  const q = { point: point.code, metric: of.methane, to: at + 1 };
  const lately = await samplesOf(history, { ...q, from: at - days(3) });
  const [methane, temperature] = await Promise.all(
    [of.methane, of.temperature].map((metric) => hourly(asked, metric)),
  );
  const here = lately.at(-1)?.value ?? 0;
  return weighed([
    ethaneSign({ methane: here * PPM_OF_LEL, ethane: await ethaneAt(asked) }),
    riseSign(lately.filter((s) => s.at > at - days(1))),
    dayCurveSign(methane ?? []),
    temperatureSign(methane ?? [], temperature ?? []),
    neighbourSign(here, neighbours(asked)),
    airingSign(lately),
    pipeSign(numberOf(point.attributes.gasPipeM)),
    wellSign(point.attributes.wellKind ?? null),
  ]);
}

async function hourly({ point, at, history }: Asked, metric: MetricKey) {
  const from = at - FORTNIGHT;
  const buckets = FORTNIGHT / hours(1);
  const found = await history.buckets({ point: point.code, metric, from, to: at, buckets });
  return found.flatMap((b) => (b.avg === null ? [] : [{ at: b.t, value: b.avg }]));
}

/** ppm; not a number where nobody measures it, which is no sign. */
async function ethaneAt({ point, of, at, history }: Asked): Promise<number> {
  const range = { from: at - hours(2), to: at + 1 };
  const found = await samplesOf(history, { point: point.code, metric: of.ethane, ...range });
  return found.at(-1)?.value ?? Number.NaN;
}

/** Newest methane of those near that have said it within two hours of then, %LEL. */
function neighbours({ point, of, at, points, sees, latest }: Asked): readonly number[] {
  const { place } = point;
  return points.flatMap((other) => {
    if (other.code === point.code || other.lifeline !== point.lifeline) return [];
    const isNear =
      (other.asset !== null && other.asset === point.asset) ||
      (place !== null &&
        other.place !== null &&
        other.place.crs === place.crs &&
        metresBetween(place, other.place) <= NEAR_M);
    if (!isNear || !sees(other.code)) return [];
    const said = latest(other.code).find((r) => r.metric === of.methane);
    return said === undefined || said.value === null || Math.abs(at - said.observedAt) > hours(2)
      ? []
      : [said.value];
  });
}

const numberOf = (text: string | undefined): number | null => {
  const n = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(n) ? n : null;
};
