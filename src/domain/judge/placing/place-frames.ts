import type { Duration, Millis } from '../../time.ts';
import { AHEAD, type Placing, placeBy } from './event-time.ts';
import { placeBatch, placeTold, type ToldTime } from './place-batch.ts';

/** A frame as its device tells of it: `span` from its first sample to its last, `dt` from one to the next. */
export type ToldFrame = ToldTime & { readonly span: Duration; readonly dt: Duration };

export type PlacedFrame = {
  /** Which frame of the packet it is. */
  readonly item: number;
  /** Instant of its first sample. */
  readonly observedAt: Millis;
  readonly clockOff: boolean;
  /** The same instant by the device's clock, by which it is known again; `null`: none that could. */
  readonly sentAt: Millis | null;
};

const LOST: ToldTime = { deviceTime: null, unread: { local: null } };

/**
 * When the frames of one packet begin, in the order in which they are to be judged. Each of its samples passes the gate of
 * every other instant: a frame that would end further ahead of us than a clock may be is one of a clock that is off. What
 * has no time of its own, or none that can be believed, ends at the receipt, frame behind frame; what comes by a clock that is
 * known to be off is placed by what is known of it.
 *
 * @param by `newest` is the last sample's instant, not the first's
 */
export function placeFrames(
  told: readonly ToldFrame[],
  receivedAt: Millis,
  onTime: Duration,
  by: Placing,
): readonly PlacedFrame[] {
  const gated = told.map((f): ToldTime => {
    return f.deviceTime !== null && f.deviceTime + f.span > receivedAt + AHEAD ? LOST : f;
  });
  const [only] = gated;
  const order =
    gated.length === 1 && only !== undefined
      ? [{ item: 0, placed: placeTold(only, receivedAt) }]
      : placeBatch(gated, receivedAt, onTime);
  const frames: PlacedFrame[] = [];
  let end = receivedAt;
  for (let k = order.length - 1; k >= 0; k--) {
    const { item, placed } = order[k] as (typeof order)[number];
    const { span, dt } = told[item] as ToldFrame;
    let { observedAt } = placed;
    const isOurs = placed.clockOff || placed.sentAt === null;
    if (isOurs && observedAt > receivedAt - order.length) {
      observedAt = Math.round(end - span);
      end = observedAt - dt;
    }
    const corrected = isOurs ? { ...placed, observedAt } : placeBy(by, placed, receivedAt);
    frames.push({
      item,
      observedAt: isOurs ? observedAt : Math.round(corrected.observedAt),
      clockOff: corrected.clockOff,
      sentAt: corrected.sentAt,
    });
  }
  return frames.reverse();
}
