import { z } from 'zod';
import { instantOut } from './shapes.ts';

export const liveOut = z.object({ status: z.literal('alive'), version: z.string() });

const machineOut = z.object({
  name: z.string(),
  version: z.string(),
  seenAt: instantOut.describe('when it last said that it is there, by the clock of the database'),
});

const switchOut = z
  .object({
    at: instantOut.describe('by the clock of the database'),
    from: z.string().describe('which machine wrote before'),
    why: z
      .enum(['released', 'run-out'])
      .describe('`released`: it stopped and let go; `run-out`: it was not heard of for ten seconds'),
  })
  .describe('the last change from one machine to another; a restart of the same one is none');

export const readyOut = z
  .object({
    status: z.enum(['ready', 'not-ready']),
    role: z.literal('active').describe('a standby answers 503 with `standby` here, see `Standing`'),
    epoch: z
      .number()
      .int()
      .nullable()
      .describe(
        'of the lease under which this machine writes; null: its journal is its own, and nobody else could',
      ),
    pair: z
      .object({
        name: z.string().describe('this machine'),
        standbys: z
          .array(machineOut)
          .describe('machines that stand by at the same database, seen in the last 30 s'),
        lastSwitch: switchOut.nullable(),
      })
      .nullable()
      .describe('null: the journal is on this machine alone'),
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

export type Readiness = z.infer<typeof readyOut>;

/** What a standby says of itself: 503, since it takes nothing. */
const standingOut = z
  .object({
    status: z.literal('not-ready'),
    role: z.literal('standby'),
    name: z.string().describe('this machine'),
    since: instantOut.describe('since when it stands by'),
    epoch: z
      .number()
      .int()
      .nullable()
      .describe('of the newest lease; null: the database could not be asked yet'),
    active: z
      .object({ name: z.string(), heardMsAgo: z.number().describe('since it last renewed its lease') })
      .nullable()
      .describe('who has the lease, or had it last; null: nobody yet, or not known yet'),
    database: z.enum(['ok', 'away']),
    broker: z
      .enum(['ok', 'away'])
      .nullable()
      .describe(
        'whether anybody answers at the broker of `LIFELINE_MQTT_URL`; null: devices come to the machine itself, or not known yet',
      ),
    takingOver: z.boolean().describe('the lease is ours, and the journal is being read'),
    lastSwitch: switchOut.nullable(),
    troubles: z.array(z.string()),
  })
  .meta({ id: 'Standing' });

export type Standing = z.infer<typeof standingOut>;
