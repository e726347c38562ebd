/** Samples without a gap, at one rate. */
export type UnbrokenSamples = { readonly dt: number; readonly samples: Float64Array };

type StoredSamples = {
  readonly t0: number;
  /** ms from one sample to the next. */
  readonly dt: number;
  readonly samples: readonly (number | null)[];
};

/** How far a frame may begin from where the one before ended, in samples, and still go on with it. */
const JITTER = 0.5;

/** Frames that follow one another, put together; a gap, another rate or an unusable sample ends a stretch. */
export function stretchesOf(frames: readonly StoredSamples[]): readonly UnbrokenSamples[] {
  const stretches: UnbrokenSamples[] = [];
  let samples: number[] = [];
  let dt = 0;
  let ends = 0;
  const close = (): void => {
    if (samples.length > 1) stretches.push({ dt, samples: Float64Array.from(samples) });
    samples = [];
  };
  for (const frame of frames) {
    if (frame.dt !== dt || Math.abs(frame.t0 - ends) > JITTER * frame.dt) close();
    dt = frame.dt;
    for (const x of frame.samples)
      if (x === null || !Number.isFinite(x)) close();
      else samples.push(x);
    ends = frame.t0 + frame.samples.length * frame.dt;
  }
  close();
  return stretches;
}
