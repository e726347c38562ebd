import type { Recording } from '../../simulators/replay/recording.ts';

/** Something that happened, by what the recording's authors say or by a measure that no rule of ours has a part in. */
export type TrueEvent = {
  readonly point: string;
  readonly what: string;
  readonly fromMs: number;
  /** Alarmed at this instant or before is in time. */
  readonly dueMs: number;
  /** An alarm up to here is of this event. */
  readonly untilMs: number;
  /** Worth an alarm: the goal counts these. Others explain an alarm, and none is asked for. */
  readonly mustAlarm: boolean;
};

/** A limit on the bare samples, without delay, deadband or memory: what a spreadsheet would do. */
export type PlainThreshold = {
  readonly words: string;
  /** Instants (milliseconds) at which it is passed anew, by point. */
  raised(): readonly { readonly point: string; readonly atMs: number }[];
};

/** Recordings of one kind with what is true of them: a row of the table. */
export type Subject = {
  readonly key: string;
  readonly words: { readonly zh: string; readonly en: string };
  readonly recordings: readonly Recording[];
  readonly events: readonly TrueEvent[];
  /** Time that instruments really recorded; what stands between recordings is not in it. */
  readonly sensorMs: number;
  readonly plain: PlainThreshold;
  /** What is true, and how it is known. */
  readonly truth: string;
};

type Sample = { readonly atMs: number; readonly value: number };

/** Each time that a limit is passed, again and again. */
export function passings(samples: Iterable<Sample>, isPast: (value: number) => boolean): number[] {
  const at: number[] = [];
  let was = false;
  for (const s of samples) {
    const is = isPast(s.value);
    if (is && !was) at.push(s.atMs);
    was = is;
  }
  return at;
}

/** One value after another of one metric. */
export function recordingOf(
  of: { readonly device: string; readonly lifeline: string; readonly metric: string },
  samples: readonly Sample[],
): Recording {
  return {
    device: of.device,
    name: of.device,
    lifeline: of.lifeline,
    readings: function* () {
      for (const s of samples) yield { atMs: s.atMs, values: { [of.metric]: s.value } };
    },
  };
}
