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
    startedAt: instantOut,
    lastTurnAt: instantOut.nullable(),
    spool: z.object({
      bytes: z.number(),
      turns: z.number(),
      oldest: instantOut.nullable(),
    }),
  })
  .meta({ id: 'Readiness' });
