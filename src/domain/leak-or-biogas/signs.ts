import { hours, type Millis, minutes } from '../time.ts';

/** What speaks for gas from a pipe (above nought) or for biogas 沼气 (below), from -1 to 1, and why. */
export type Sign = {
  readonly sign: SignKind;
  readonly towards: number;
  /** What was seen, in the unit that its words name. */
  readonly seen: number;
};

export const SIGNS = [
  'ethane',
  'rise',
  'day-curve',
  'temperature',
  'neighbours',
  'airing',
  'pipe',
  'well',
] as const;
export type SignKind = (typeof SIGNS)[number];

/** How much a sign counts: ethane tells the two apart by itself, the rest only together (D; RESPONSE F.1). */
export const WEIGHTS: Readonly<Record<SignKind, number>> = {
  ethane: 4,
  rise: 1,
  'day-curve': 1,
  temperature: 0.5,
  neighbours: 1.5,
  airing: 1.5,
  pipe: 1,
  well: 1,
};

/** A series in order of time. */
type Series = readonly { readonly at: Millis; readonly value: number }[];

/** ppm of methane below which its ethane would drown in the noise of an ethane sensor (D). */
const METHANE_AT_LEAST = 2_500;
/** Ethane to methane: pipe gas is assumed to have up to a tenth, biogas none (RESPONSE F.1; ask the gas company for the net's own). */
const ETHANE_CLEAR = 0.005;
const ETHANE_NONE = 0.001;

/** @param ppm both, of the same minutes @returns `null`: too little gas to tell */
export function ethaneSign(ppm: { readonly methane: number; readonly ethane: number }): Sign | null {
  if (ppm.methane < METHANE_AT_LEAST || Number.isNaN(ppm.ethane)) return null;
  const seen = ppm.ethane / ppm.methane;
  if (seen >= ETHANE_CLEAR) return { sign: 'ethane', towards: 1, seen };
  return { sign: 'ethane', towards: seen <= ETHANE_NONE ? -1 : 0, seen };
}

/** A leak rises within minutes to hours and keeps on; biogas swells over many hours. @returns hours from a fifth to four fifths of the top */
export function riseSign(day: Series): Sign | null {
  let top = -1;
  for (const [i, s] of day.entries()) if (top < 0 || s.value > (day[top]?.value ?? 0)) top = i;
  const peak = day[top];
  if (peak === undefined || !(peak.value > 0)) return null;
  const low = lastBelow(day, top, 0.2 * peak.value);
  const high = lastBelow(day, top, 0.8 * peak.value);
  if (low === null || high === null) return null;
  const took = (high.at - low.at) / hours(1);
  if (took >= 8) return { sign: 'rise', towards: -1, seen: took };
  const stays = (day[day.length - 1]?.value ?? 0) >= 0.5 * peak.value;
  return { sign: 'rise', towards: took <= 2 && stays ? 1 : 0, seen: took };
}

function lastBelow(series: Series, before: number, limit: number): Series[number] | null {
  for (let i = before; i >= 0; i--) {
    const s = series[i];
    if (s !== undefined && s.value < limit) return s;
  }
  return null;
}

const DAYS_AT_LEAST = 5;
const HOURS = 24;

/** Biogas repeats daily; a leak follows no hour. @param hourly over the last two weeks @returns share of the variance that the hour of the day explains */
export function dayCurveSign(hourly: Series): Sign | null {
  const days = new Set(hourly.map((s) => Math.floor(s.at / hours(HOURS))));
  if (days.size < DAYS_AT_LEAST) return null;
  const mean = average(hourly.map((s) => s.value));
  const byHour = new Map<number, number[]>();
  for (const s of hourly) {
    const hour = Math.floor(s.at / hours(1)) % HOURS;
    byHour.set(hour, [...(byHour.get(hour) ?? []), s.value]);
  }
  let [whole, between] = [0, 0];
  for (const s of hourly) whole += (s.value - mean) ** 2;
  for (const values of byHour.values()) between += values.length * (average(values) - mean) ** 2;
  if (whole === 0) return null;
  const seen = between / whole;
  return { sign: 'day-curve', towards: seen >= 0.5 ? -1 : seen <= 0.15 ? 0.5 : 0, seen };
}

/** Biogas swells with the warmth. @param hourly both over the last two weeks @returns their correlation */
export function temperatureSign(hourly: Series, temperature: Series): Sign | null {
  const warm = new Map(temperature.map((s) => [Math.floor(s.at / hours(1)), s.value]));
  const pairs = hourly.flatMap((s): [number, number][] => {
    const t = warm.get(Math.floor(s.at / hours(1)));
    return t === undefined ? [] : [[s.value, t]];
  });
  if (pairs.length < DAYS_AT_LEAST * HOURS * 0.5) return null;
  const [mg, mt] = [average(pairs.map(([g]) => g)), average(pairs.map(([, t]) => t))];
  let [gg, tt, gt] = [0, 0, 0];
  for (const [g, t] of pairs) {
    gg += (g - mg) ** 2;
    tt += (t - mt) ** 2;
    gt += (g - mg) * (t - mt);
  }
  if (gg === 0 || tt === 0) return null;
  const seen = gt / Math.sqrt(gg * tt);
  return { sign: 'temperature', towards: seen >= 0.6 ? -1 : 0, seen };
}

/** A neighbour counts from a tenth of what stands here, and from 2 %LEL. */
const NEIGHBOUR = { share: 0.1, atLeast: 2 };

/** Several wells along a pipe speak for the pipe, one alone for the well. @param others newest values of points near, %LEL @returns how many of them have gas */
export function neighbourSign(here: number, others: readonly number[]): Sign | null {
  if (others.length === 0) return null;
  const limit = Math.max(NEIGHBOUR.atLeast, NEIGHBOUR.share * here);
  const seen = others.filter((o) => o >= limit).length;
  return { sign: 'neighbours', towards: seen > 0 ? 1 : -0.5, seen };
}

const AIRED_WITHIN = minutes(30);

/** After airing a leak is back within an hour or so, biogas over days. @param days the last three @returns hours until half of it was back; −1: it is not */
export function airingSign(days: Series): Sign | null {
  for (let i = days.length - 1; i > 0; i--) {
    const [before, after] = [days[i - 1], days[i]];
    if (before === undefined || after === undefined || before.value < 5) continue;
    if (after.value > 0.3 * before.value || after.at - before.at > AIRED_WITHIN) continue;
    const back = days.slice(i).find((s) => s.value >= 0.5 * before.value);
    if (back !== undefined) {
      const seen = (back.at - after.at) / hours(1);
      return { sign: 'airing', towards: seen <= 2 ? 1 : seen >= 24 ? -1 : 0, seen };
    }
    const until = days[days.length - 1]?.at ?? after.at;
    return until - after.at >= hours(HOURS) ? { sign: 'airing', towards: -1, seen: -1 } : null;
  }
  return null;
}

/** @param metres to the nearest gas pipe, as the register has it */
export function pipeSign(metres: number | null): Sign | null {
  if (metres === null || !(metres >= 0)) return null;
  return { sign: 'pipe', towards: metres <= 5 ? 1 : metres > 20 ? -1 : 0, seen: metres };
}

const FOUL = /污|雨污|化粪|粪|sewage|septic|foul/i;
const GAS_OWN = /燃气|阀门|调压|gas|valve/i;

/** @param kind of the well, as the register has it */
export function wellSign(kind: string | null): Sign | null {
  if (kind === null || kind.trim() === '') return null;
  if (FOUL.test(kind)) return { sign: 'well', towards: -1, seen: 0 };
  return { sign: 'well', towards: GAS_OWN.test(kind) ? 1 : 0, seen: 0 };
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
