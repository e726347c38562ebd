/** One thing that a simulated city does to the outside, in virtual milliseconds since its start. */
export type SimEvent = Message | LinkChange;

export type Message = {
  readonly is: 'message';
  readonly atMs: number;
  readonly device: string;
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
};

/** The instrument's connection breaks, without a goodbye, or comes back. */
export type LinkChange = {
  readonly is: 'lost' | 'back';
  readonly atMs: number;
  readonly device: string;
};

/**
 * How virtual time becomes device time: event time is compressed with the run, because a device's clock may not
 * run ahead of the service's (docs/decisions/0004-simulated-time.md).
 */
export type TimeScale = {
  /** Epoch milliseconds of virtual 0. */
  readonly start: number;
  readonly speed: number;
};

/** The device's clock at a virtual instant, epoch milliseconds. */
export const deviceTime = (scale: TimeScale, atMs: number): number =>
  Math.round(scale.start + atMs / scale.speed);
