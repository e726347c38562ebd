import { setImmediate as nextRound } from 'node:timers/promises';
import { as } from '../../../../domain/ids.ts';
import type { Point } from '../../../../domain/register/register.ts';
import { courseOf, type Look } from '../../../../domain/spectrum/course.ts';
import { cableForce, type Mode, modesOf } from '../../../../domain/spectrum/modes.ts';
import { stretchesOf, type UnbrokenSamples } from '../../../../domain/spectrum/stretches.ts';
import { type Spectrum, welch } from '../../../../domain/spectrum/welch.ts';
import { days, hours, minutes } from '../../../../domain/time.ts';
import type { StoredFrame } from '../../../../flow/ports/history.ts';
import { spectrumJson } from '../../../../wire/http/ahead/spectrum.ts';
import type { Handlers } from '../../answer/handler.ts';
import { MetricBook } from '../../answer/metric-book.ts';
import { invalid } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { pointOf } from '../find.ts';

/** Looked at where nobody says more: ten minutes of traffic tell the modes of a bridge. */
const USUAL = minutes(10);
const LONGEST = hours(1);
const LONGEST_COURSE = days(31);
/** The newest so many; ten minutes at 200 Hz. */
const SAMPLES_AT_MOST = 120_000;
const FRAMES_AT_MOST = 5_000;
/** Segments of a spectrum between two looks at what else waits: some milliseconds. */
const AT_A_STRETCH = 8;

export function spectrumRoutes({ service, history, clock }: Services): Pick<Handlers, 'spectrum'> {
  const metrics = new MetricBook(service.packs());
  return {
    spectrum: async ({ params, query, register, language }) => {
      const point = pointOf(params.code, register, service.register);
      const metric = metrics.find(point.lifeline, query.metric);
      const to = query.to ?? clock.now();
      const from = query.from ?? to - USUAL;
      const longest = query.looks === undefined ? LONGEST : LONGEST_COURSE;
      if (from >= to || to - from > longest)
        throw query.looks === undefined
          ? invalid('query.from', '时段最长 1 小时', 'an hour at most', language)
          : invalid('query.from', '时段最长 31 天', '31 days at most', language);
      const series = { point: point.code, metric: as.metric(query.metric) };
      const seen: Seen[] = [];
      for (const span of spansOf(from, to, query.looks))
        seen.push(await look(history, { ...series, ...span }));
      const { frames, stretches, spectrum, modes } = seen.at(-1) as Seen;
      const [first, last] = [frames[0], frames.at(-1)];
      return spectrumJson({
        point: point.code,
        metric: query.metric,
        unit: metric?.unit ?? '',
        span:
          first === undefined || last === undefined
            ? null
            : { from: first.t0, to: last.t0 + last.samples.length * last.dt },
        samples: stretches.reduce((n, s) => n + s.samples.length, 0),
        dt: last?.dt ?? null,
        spectrum,
        modes,
        course: query.looks === undefined ? null : courseOf(seen),
        cable: cableOf(point, modes[0]),
      });
    },
  };
}

type Seen = Look & {
  readonly frames: readonly StoredFrame[];
  readonly stretches: readonly UnbrokenSamples[];
  readonly spectrum: Spectrum | null;
};

/** Parts of a time, and of each the ten minutes at its end. */
function spansOf(from: number, to: number, looks: number | undefined) {
  if (looks === undefined) return [{ from, to }];
  const part = (to - from) / looks;
  return Array.from({ length: looks }, (_, i) => {
    const ends = Math.round(from + (i + 1) * part);
    return { from: Math.round(ends - Math.min(part, USUAL)), to: ends };
  });
}

async function look(
  history: Services['history'],
  asked: Omit<Parameters<Services['history']['frames']>[0], 'limit'>,
): Promise<Seen> {
  const frames = newest(await history.frames({ ...asked, limit: FRAMES_AT_MOST }));
  const stretches = stretchesOf(frames);
  const spectrum = await spectrumOf(stretches);
  return { at: asked.to, modes: spectrum === null ? [] : modesOf(spectrum), frames, stretches, spectrum };
}

function newest(frames: readonly StoredFrame[]): readonly StoredFrame[] {
  let samples = 0;
  let from = frames.length;
  while (from > 0 && samples < SAMPLES_AT_MOST) samples += frames[--from]?.samples.length ?? 0;
  return frames.slice(from);
}

async function spectrumOf(stretches: readonly UnbrokenSamples[]): Promise<Spectrum | null> {
  const steps = welch(stretches);
  for (let n = 1; ; n++) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (n % AT_A_STRETCH === 0) await nextRound();
  }
}

/** Of a cable whose length and mass the register knows. */
function cableOf(point: Point, mode: Mode | undefined) {
  const [length, mass] = [Number(point.attributes.cableLength), Number(point.attributes.cableMass)];
  if (mode === undefined || !(length > 0 && mass > 0)) return null;
  return { length, mass, ...cableForce(mode, { length, mass }) };
}
