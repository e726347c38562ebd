import type { DeviceCode } from '../../domain/ids.ts';
import type { PointState } from '../judging/point-state.ts';
import { PROBE_DEVICE, PROBE_POINT, PROBE_TOPIC } from '../probe.ts';
import type { Points } from './points.ts';
import { type KeptQuality, type QualityBook, unkeptQuality } from './quality-book.ts';

/** Twice the largest city we know of. */
const TOPICS_AT_MOST = 200_000;

/** Whose a telemetry topic is. */
export type TopicTarget = {
  readonly point: PointState;
  readonly device: DeviceCode;
  readonly quality: KeptQuality;
};

/** Where the packets of a telemetry topic belong: a device says the same one all day. Forgotten with every change of the register. */
export class Topics {
  readonly #points: Points;
  readonly #quality: QualityBook;
  readonly #known = new Map<string, TopicTarget>();

  constructor(given: { points: Points; quality: QualityBook }) {
    this.#points = given.points;
    this.#quality = given.quality;
  }

  of(topic: string): TopicTarget | undefined {
    return this.#known.get(topic);
  }

  remember(topic: string, point: PointState, device: DeviceCode): TopicTarget {
    if (this.#known.size >= TOPICS_AT_MOST) this.forget();
    const target = { point, device, quality: this.#quality.record(device, point.code) };
    this.#known.set(topic, target);
    return target;
  }

  /** The probe stays known, which stands in no register. */
  forget(): void {
    this.#known.clear();
    const point = this.#points.at(PROBE_POINT);
    if (point === undefined) return;
    const quality = unkeptQuality(PROBE_DEVICE, PROBE_POINT.code);
    this.#known.set(PROBE_TOPIC, { point, device: PROBE_DEVICE, quality });
  }
}
