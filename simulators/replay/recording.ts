import { deviceTime, type SimEvent, type TimeScale } from '../event.ts';
import { mergeByTime } from '../merge.ts';

/** One thing that an instrument recorded, `atMs` after its recording began. */
export type Recorded =
  | { readonly atMs: number; readonly values: Readonly<Record<string, number>> }
  | {
      readonly atMs: number;
      readonly wave: {
        readonly t0Ms: number;
        readonly dt: number;
        readonly series: Readonly<Record<string, readonly number[]>>;
      };
    };

/** What one real instrument recorded, to be sent again as that instrument would have sent it. */
export type Recording = {
  readonly device: string;
  readonly name: string;
  readonly lifeline: string;
  /** In order of time. */
  readings(): Iterator<Recorded, void>;
};

/** Plays recordings side by side; the same files give the same bytes. */
export function play(
  recordings: readonly Recording[],
  o: { readonly scale: TimeScale; readonly qos: 0 | 1 | 2; readonly until: number },
): Generator<SimEvent, void> {
  return mergeByTime(recordings.map((r) => messages(r, o)));
}

function* messages(
  r: Recording,
  o: { readonly scale: TimeScale; readonly qos: 0 | 1 | 2; readonly until: number },
): Generator<SimEvent, void> {
  const topic = (kind: string): string => `lifeline/v1/${r.lifeline}/${r.device}/${kind}`;
  const message = { is: 'message', device: r.device } as const;
  yield { ...message, atMs: 0, topic: topic('status'), payload: '{"online":true}', qos: 1, retain: true };
  const readings = r.readings();
  for (let next = readings.next(); next.done !== true; next = readings.next()) {
    const { atMs } = next.value;
    if (atMs >= o.until) return;
    const payload = JSON.stringify(bodyOf(next.value, o.scale));
    yield { ...message, atMs, topic: topic('telemetry'), payload, qos: o.qos, retain: false };
  }
}

function bodyOf(recorded: Recorded, scale: TimeScale): unknown {
  if ('values' in recorded) return { ts: deviceTime(scale, recorded.atMs), values: recorded.values };
  const { t0Ms, dt, series } = recorded.wave;
  return { t0: deviceTime(scale, t0Ms), dt: dt / scale.speed, series };
}
