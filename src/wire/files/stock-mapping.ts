import { z } from 'zod';
import { metricTake } from '../mapping/take.ts';
import { timeFormat, timeZone } from '../mapping/times.ts';

const label = z.string().min(1);

/** How the file of a foreign system is to be read: `--mapping file.json` of `lifeline import`. */
export const stockMapping = z.strictObject({
  /** Their headings (of line protocol: tag keys) for what a row must say. */
  columns: z
    .strictObject({
      point: label.optional(),
      metric: label.optional(),
      time: label.optional(),
      value: label.optional(),
      unit: label.optional(),
    })
    .default({}),
  /** All rows are of this one point. */
  point: label.optional(),
  /** Their name of a point → ours. */
  points: z.record(z.string(), label).default({}),
  /** Their name of a metric (heading, or word in the metric's column) → ours; null: left out. */
  metrics: z.record(z.string(), metricTake).default({}),
  time: z
    .strictObject({
      format: timeFormat.default('auto'),
      zone: timeZone.optional(),
    })
    .default({ format: 'auto' }),
  delimiter: z.string().length(1).optional(),
});

export type StockMapping = z.infer<typeof stockMapping>;

/** @returns the mapping, or one sentence about what is wrong with it */
export function readStockMapping(text: string): StockMapping | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return `it is not JSON: ${(cause as Error).message}`;
  }
  const read = stockMapping.safeParse(json);
  if (read.success) return read.data;
  return read.error.issues.map((i) => `${i.path.join('.') || 'mapping'}: ${i.message}`).join('; ');
}

export const NO_MAPPING: StockMapping = stockMapping.parse({});
