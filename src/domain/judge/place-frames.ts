import type { Duration, Millis } from '../time.ts';
import { AHEAD } from './event-time.ts';
import { placeBatch, placeTold, type Told } from './place-batch.ts';

/** A frame as its device tells of it: `span` from its first sample to its last, `dt` from one to the next. */
export type ToldFrame = Told & { readonly span: Duration; readonly dt: Duration };

export type PlacedFrame = {
  /** Which frame of the packet it is. */
  readonly item: number;
  /** Instant of its first sample. */
  readonly observedAt: Millis;
  readonly clockOff: boolean;
};

const LOST: Told = { deviceTime: null, unread: { local: null } };

/**
 * When the frames of one packet begin, in the order in which they are to be judged. Each of its samples passes the gate of
 * every other instant: a frame that would end further ahead of us than a clock may be is one of a clock that is off. What
 * has no time of its own, or none that can be believed, ends at the receipt, frame behind frame.
 */
export function placeFrames(
  told: readonly ToldFrame[],
  receivedAt: Millis,
  onTime: Duration,
): readonly PlacedFrame[] {
  const gated = told.map((f): Told => {
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
    const isOurs = placed.clockOff || gated[item]?.deviceTime === null;
    if (isOurs && observedAt > receivedAt - order.length) {
      observedAt = Math.round(end - span);
      end = observedAt - dt;
    }
    frames.push({ item, observedAt, clockOff: placed.clockOff });
  }
  return frames.reverse();
}
