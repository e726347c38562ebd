export type Values = Readonly<Record<string, number | boolean | string | null>>;

/** What one instrument sends at one instant, before it is written as JSON. */
export type Sample = {
  /** Device time, epoch milliseconds. */
  readonly ts: number;
  readonly values: Values;
  readonly battery: number;
  readonly rssi: number;
  readonly seq: number;
};

/** Equally spaced samples, `dt` milliseconds apart. */
export type Wave = { readonly dt: number; readonly series: Readonly<Record<string, readonly number[]>> };
