import { hours as hoursOf, type Millis } from '../time.ts';
import { MINUTE, type Sample } from './curve.ts';

const HOUR = hoursOf(1);

/** How far back rain is looked at, in minutes: what fell earlier has run off, or stands already (RESPONSE F.2: lag 5 to 60 min). */
export const RAIN_LAG = 60;
/** Rain is summed over so many minutes: stations report every 5. */
const BIN = 5;
export const RAIN_BINS = RAIN_LAG / BIN;

/**
 * mm that have fallen since the beginning, by the minute in which it became known, oldest first: a report stands whole in the minute of
 * its instant, so that no minute knows of rain that was told later. No report is no rain: gauges are silent when it is dry.
 *
 * @param reports mm since the report before, in order of time
 */
export function fallenByMinute(reports: readonly Sample[], from: Millis, until: Millis): Float64Array {
  const fallen = new Float64Array(Math.max(0, Math.floor((until - from) / MINUTE) + 1));
  for (const { at, value } of reports) {
    const i = Math.ceil((at - from) / MINUTE);
    if (i >= 0 && i < fallen.length) fallen[i] = (fallen[i] as number) + Math.max(0, value);
  }
  for (let i = 1; i < fallen.length; i++) fallen[i] = (fallen[i] as number) + (fallen[i - 1] as number);
  return fallen;
}

/**
 * Reports of a gauge that tells what fell in the hour before: what is new is the difference, and what has left the hour meanwhile.
 *
 * @param hours mm of the hour before each instant, in order of time
 */
export function reportsOfHours(hours: readonly Sample[]): readonly Sample[] {
  const reports: Sample[] = [];
  let left = 0;
  let before: Sample | null = null;
  for (const hour of hours) {
    if (before === null || hour.at - before.at >= HOUR) {
      // Nobody knows when in the hour it fell: it counts as fallen half an hour ago.
      left = reports.length;
      reports.push({ at: hour.at - HOUR / 2, value: hour.value });
    } else {
      let gone = 0;
      for (; left < reports.length && (reports[left] as Sample).at <= hour.at - HOUR; left++)
        gone += (reports[left] as Sample).value;
      reports.push({ at: hour.at, value: Math.max(0, hour.value - before.value + gone) });
    }
    before = hour;
  }
  return reports;
}

/**
 * Rain that runs off, in mm, over the last hour by five minutes, the newest first: added to `looks`.
 *
 * @param fallen mm since the beginning, by the minute
 * @param at index of the newest minute
 * @param loss mm of five minutes that soak in or stay where they fell
 */
export function pushRunOff(looks: number[], fallen: Float64Array, at: number, loss: number): void {
  let upTo = soFar(fallen, at);
  for (let before = at - BIN; before >= at - RAIN_LAG; before -= BIN) {
    const then = soFar(fallen, before);
    looks.push(Math.max(0, upTo - then - loss));
    upTo = then;
  }
}

/** mm of the minutes after `after`, up to `upTo`. */
export const rainSum = (fallen: Float64Array, after: number, upTo: number): number =>
  soFar(fallen, upTo) - soFar(fallen, after);

/** Before the first minute nothing is known to have fallen, and after the last nothing more. */
const soFar = (fallen: Float64Array, at: number): number =>
  at < 0 ? 0 : (fallen[at < fallen.length ? at : fallen.length - 1] ?? 0);
