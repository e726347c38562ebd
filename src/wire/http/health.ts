import { z } from 'zod';
import { instantOut } from './shapes.ts';

export const liveOut = z.object({ status: z.literal('alive'), version: z.string() });

export const readyOut = z
  .object({
    status: z.enum(['ready', 'not-ready']),
    journal: z.enum(['ok', 'failed']),
    selfCheck: z
      .enum(['ok', 'failing'])
      .describe('whether the probe still comes out as an alarm: `failing` after three misses, and not ready'),
    history: z
      .enum(['ok', 'behind', 'failing'])
      .describe('a store that is down does not make the service unready: intake goes on into the spool'),
    audit: z.enum(['ok', 'failing']),
    intake: z
      .enum(['kept', 'judged', 'none'])
      .describe(
        'judged: the spool is full, so that what arrives is judged for alarms and neither kept nor acknowledged',
      ),
    troubles: z
      .array(z.string())
      .describe('what stands badly, in sentences, the gravest first; empty: nothing'),
    startedAt: instantOut,
    lastTurnAt: instantOut.nullable(),
    spool: z.object({
      bytes: z.number(),
      turns: z.number(),
      oldest: instantOut.nullable(),
    }),
    certificates: z
      .array(
        z.object({
          use: z
            .enum(['https', 'mqtts', 'authority'])
            .describe('`authority`: the one that signs the certificates of devices'),
          endsAt: instantOut.describe('when the first of its file ends'),
          fault: z
            .enum([
              'certificate-pair',
              'certificate-expired',
              'certificate-not-yet-valid',
              'certificate-chain',
              'certificate-needs-restart',
            ])
            .nullable()
            .describe('why peers refuse it'),
        }),
      )
      .describe('those in use; empty without TLS. Neither an end nor a fault makes the service unready'),
  })
  .meta({ id: 'Readiness' });
