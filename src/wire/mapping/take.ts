import { z } from 'zod';

const label = z.string().min(1).max(200);

/**
 * What becomes of one quantity of a foreign system: the vocabulary that mappings of stock data and of live packets share.
 * Raw value → `bit` → `times` → `plus` → from `unit` to the metric's own.
 */
export const take = z.strictObject({
  metric: label.describe('key of a metric of ours'),
  unit: label
    .optional()
    .describe("of the value after times and plus, where it is not the metric's own: the pack converts it"),
  times: z.number().optional().describe('what the raw value is multiplied by'),
  plus: z.number().optional().describe('what is added after that'),
  bit: z.number().int().min(0).max(52).optional().describe('this bit of a whole number, 0 the lowest'),
  /** What their system writes for "no value", as it writes it. */
  sentinels: z.array(z.number()).optional().describe('numbers that are no value, as they are sent'),
});

export type MetricTake = z.infer<typeof take>;

/** By its key alone, in full, or null: known, and left out. */
export const metricTake = z.union([label, take, z.null()]);

/** The raw number in the unit that the mapping names. */
export function scaled(
  { bit, times, plus }: Pick<MetricTake, 'bit' | 'times' | 'plus'>,
  raw: number,
): number | null {
  if (bit !== undefined) {
    if (!Number.isSafeInteger(raw) || raw < 0) return null;
    return Math.floor(raw / 2 ** bit) % 2;
  }
  if (times === undefined && plus === undefined) return raw;
  return tidy(raw * (times ?? 1) + (plus ?? 0));
}

/** Without the last digits, which are the arithmetic's and not the sensor's: 0.07 × 100 is 7. */
export const tidy = (x: number): number => Number(x.toPrecision(12));
