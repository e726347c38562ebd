import { z } from 'zod';
import {
  FRAME_SPAN,
  INSTANTS_PER_PACKET,
  METRIC_KEY,
  METRICS_PER_INSTANT,
  SAMPLES_PER_PACKET,
} from './telemetry.ts';
import { readTime } from './telemetry-time.ts';

/**
 * The payloads of interfaces §2 as zod schemas, for the OpenAPI and AsyncAPI documents. The service itself
 * decodes by hand (`telemetry.ts`); a test shows that what these accept decodes without a flaw.
 */
export const deviceTime = z
  .union([
    z
      .number()
      .min(0)
      .max(253_402_300_799_999)
      .refine((n) => readTime(n).flaw === null, 'an instant, and not 0 or the digits of day and hour')
      .describe('epoch milliseconds; below 10^11 epoch seconds'),
    z
      .string()
      .refine((s) => readTime(s).flaw === null, 'ISO 8601 with offset, or digits')
      .describe('ISO 8601 with offset, or the number as digits'),
  ])
  .describe('absent = time of receipt');

const metricKey = z.string().regex(METRIC_KEY);
const value = z
  .union([z.number(), z.boolean(), z.null(), z.string()])
  .describe("in the metric's unit; null and text become bad quality, never 0");
const values = z
  .record(metricKey, value)
  .refine((v) => Object.keys(v).length <= METRICS_PER_INSTANT, `at most ${METRICS_PER_INSTANT} metrics`);
const series = z
  .record(metricKey, z.array(value))
  .refine((v) => Object.keys(v).length <= METRICS_PER_INSTANT, `at most ${METRICS_PER_INSTANT} metrics`);

const ownState = {
  battery: value.optional().describe('%'),
  rssi: value.optional().describe('dBm'),
  quality: z
    .record(metricKey, z.string().regex(/^(good|doubtful|bad)(:.{1,60})?$/))
    .meta({ examples: [{ ch4: 'doubtful' }] })
    .optional()
    .describe('what the device itself says of its values; left out: good'),
  seq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().describe("the device's own counter"),
};

// Loose: what else a vendor puts beside these names is ignored.
export const instantPayload = z
  .looseObject({ ts: deviceTime.optional(), values, ...ownState })
  .refine((x) => !('series' in x), 'values or series, not both')
  .meta({ id: 'Instant' });

export const framePayload = z
  .looseObject({
    t0: deviceTime.optional().describe('instant of the first sample'),
    ts: deviceTime.optional().describe('stands in for t0'),
    dt: z.number().positive().describe('sample spacing in ms; the pack says between which bounds'),
    series,
    ...ownState,
  })
  .refine((x) => !('values' in x), 'values or series, not both')
  .refine((f) => samplesIn(f) <= SAMPLES_PER_PACKET, `at most ${SAMPLES_PER_PACKET} samples`)
  .refine((f) => (longestIn(f) - 1) * f.dt <= FRAME_SPAN, 'an hour at most from the first sample to the last')
  .meta({ id: 'Samples' });

export const telemetryPayload = z
  .union([
    instantPayload,
    framePayload,
    z
      .array(z.union([instantPayload, framePayload]))
      .max(INSTANTS_PER_PACKET)
      .refine(
        (items) => items.reduce((n, x) => n + samplesIn(x), 0) <= SAMPLES_PER_PACKET,
        `at most ${SAMPLES_PER_PACKET} samples`,
      ),
  ])
  .meta({ id: 'Telemetry' });

export const statusPayload = z.object({ online: z.boolean() }).meta({ id: 'Status' });

export const eventPayload = z
  .object({
    ts: deviceTime.optional(),
    code: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/),
    level: z.number().optional(),
    text: z.string().max(500).optional(),
  })
  .meta({ id: 'DeviceEvent' });

function longestIn(x: Readonly<Record<string, unknown>>): number {
  return Object.values(x.series ?? {}).reduce(
    (n: number, s) => Math.max(n, Array.isArray(s) ? s.length : 0),
    0,
  );
}

function samplesIn(x: Readonly<Record<string, unknown>>): number {
  return Object.values(x.series ?? {}).reduce((n, s) => n + (Array.isArray(s) ? s.length : 0), 0);
}
