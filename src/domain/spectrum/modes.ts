import { median } from '../median.ts';
import type { Spectrum } from './welch.ts';

/** A frequency at which something swings by itself. */
export type Mode = {
  readonly hz: number;
  /** Standard error of `hz`, from how far the groups of segments differ; at least what the grid allows to tell. */
  readonly spread: number;
  /** How many times the density there stands over the median around it. */
  readonly ratio: number;
};

const MODES_AT_MOST = 5;
/** A peak of noise alone stands at three times the median now and then; ten times is none (D). */
const RATIO_AT_LEAST = 10;
/** Groups whose peaks are held against one another. */
const GROUPS = 4;
/** Hz on either side over which the median is taken, and within which a lower peak is the same one's shoulder. */
const AROUND = 1;
const SHOULDER = 0.25;
/** Below it lie temperature and traffic, no mode of a bridge in a city (D). */
const LOWEST_HZ = 0.2;

/** The strongest modes, the lowest first; none where nothing stands out. */
export function modesOf(spectrum: Spectrum): readonly Mode[] {
  const { density, step } = spectrum;
  const found: (Mode & { readonly strength: number })[] = [];
  for (let i = Math.max(1, Math.ceil(LOWEST_HZ / step)); i < density.length - 1; i++) {
    const here = density[i] as number;
    if (!(here > (density[i - 1] as number) && here >= (density[i + 1] as number))) continue;
    const ratio = here / floorAround(spectrum, i);
    if (ratio >= RATIO_AT_LEAST) found.push({ ...exact(spectrum, i), ratio, strength: here });
  }
  const kept: typeof found = [];
  for (const mode of [...found].sort((a, b) => b.strength - a.strength))
    if (kept.length < MODES_AT_MOST && !kept.some((k) => Math.abs(k.hz - mode.hz) < SHOULDER))
      kept.push(mode);
  return kept.sort((a, b) => a.hz - b.hz).map(({ hz, spread, ratio }) => ({ hz, spread, ratio }));
}

function floorAround({ density, step }: Spectrum, at: number): number {
  const reach = Math.max(4, Math.round(AROUND / step));
  const floor = median([...density.subarray(Math.max(1, at - reach), at + reach + 1)]);
  return floor > 0 ? floor : Number.MIN_VALUE;
}

/** Where the top lies between the steps of the grid, and how sure that is. */
function exact({ density, segments, step }: Spectrum, at: number): Pick<Mode, 'hz' | 'spread'> {
  const reach = Math.max(2, Math.round(SHOULDER / 2 / step));
  const tops = Array.from({ length: GROUPS }, (_, g) => {
    const group = segments.filter((_s, i) => Math.floor((i * GROUPS) / segments.length) === g);
    const sum = new Float64Array(density.length);
    for (const s of group)
      for (let i = Math.max(1, at - reach - 1); i <= at + reach + 1 && i < sum.length; i++)
        sum[i] = (sum[i] as number) + (s[i] as number);
    let top = Math.max(1, at - reach);
    for (let i = top; i <= at + reach && i < sum.length - 1; i++)
      if ((sum[i] as number) > (sum[top] as number)) top = i;
    return step * (top + between(sum, top));
  });
  const hz = step * (at + between(density, at));
  const mean = tops.reduce((a, b) => a + b, 0) / GROUPS;
  const variance = tops.reduce((sum, t) => sum + (t - mean) ** 2, 0) / (GROUPS - 1);
  return { hz, spread: Math.max(Math.sqrt(variance / GROUPS), step / 10) };
}

/** Of a parabola through the logarithms of three values, in steps from the middle one. */
function between(density: Float64Array, at: number): number {
  const [a, b, c] = [at - 1, at, at + 1].map((i) =>
    Math.log(Math.max(density[i] ?? 0, Number.MIN_VALUE)),
  ) as [number, number, number];
  const bend = a - 2 * b + c;
  return bend === 0 ? 0 : Math.max(-0.5, Math.min(0.5, (a - c) / (2 * bend)));
}

/**
 * Force in a cable from the frequency of its first mode, by the taut string: T = 4 m L² f² (no bending stiffness: too high by some per
 * cent for short, thick hangers).
 *
 * @param cable length between the clamps in m, mass of a metre in kg
 * @returns kN, and the spread of it that comes from that of the frequency
 */
export function cableForce(
  mode: Pick<Mode, 'hz' | 'spread'>,
  cable: { readonly length: number; readonly mass: number },
): { readonly kN: number; readonly spread: number } {
  const kN = (4 * cable.mass * cable.length ** 2 * mode.hz ** 2) / 1_000;
  return { kN, spread: (2 * kN * mode.spread) / mode.hz };
}
