import { setImmediate as nextRound } from 'node:timers/promises';
import { as } from '../../../../domain/ids.ts';
import type { Point } from '../../../../domain/register/register.ts';
import { cableForce, type Mode, modesOf } from '../../../../domain/spectrum/modes.ts';
import { stretchesOf, type UnbrokenSamples } from '../../../../domain/spectrum/stretches.ts';
import { type Spectrum, welch } from '../../../../domain/spectrum/welch.ts';
import { hours, minutes } from '../../../../domain/time.ts';
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
      if (from >= to || to - from > LONGEST)
        throw invalid('query.from', '时段最长 1 小时', 'an hour at most', language);
      const asked = { point: point.code, metric: as.metric(query.metric), from, to };
      const frames = newest(await history.frames({ ...asked, limit: FRAMES_AT_MOST }));
      const stretches = stretchesOf(frames);
      const spectrum = await spectrumOf(stretches);
      const modes = spectrum === null ? [] : modesOf(spectrum);
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
        cable: cableOf(point, modes[0]),
      });
    },
  };
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
