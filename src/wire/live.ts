import { z } from 'zod';
import { alarmJson } from './alarm.ts';

/** Frames of `GET /api/v1/live` (INTERFACES §4). */
export const alarmEventKind = z.enum([
  'raised',
  'escalated',
  'returned',
  'recurred',
  'acknowledged',
  'realarmed',
  'shelved',
  'unshelved',
  'suppressed',
  'unsuppressed',
  'outOfService',
  'returnedToService',
  'reset',
  'assessed',
  'noted',
  'closed',
  'interrupted',
  'resumed',
]);

export const liveFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), epoch: z.string(), seq: z.number().int(), serverTime: z.string() }),
  z.object({ type: z.literal('snapshot'), seq: z.number().int(), alarms: z.array(alarmJson) }),
  z.object({
    type: z.literal('alarm'),
    seq: z.number().int(),
    event: alarmEventKind,
    at: z.string(),
    by: z.string(),
    alarm: alarmJson,
  }),
  z.object({
    type: z.literal('readings'),
    items: z.array(
      z.object({
        pointCode: z.string(),
        metric: z.string(),
        value: z.number().nullable(),
        quality: z.enum(['good', 'doubtful', 'bad']),
        observedAt: z.string(),
      }),
    ),
  }),
  z.object({ type: z.literal('resync') }),
  z.object({ type: z.literal('ping') }),
]);
export type LiveFrame = z.infer<typeof liveFrame>;

/** What a client may send. */
export const liveRequest = z.object({
  type: z.literal('watch'),
  points: z.array(z.string().max(64)).max(500),
});
