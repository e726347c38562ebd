import { z } from 'zod';
import { UP_OBJECTS } from '../../../domain/upstream/item.ts';
import { SECRET_NAMES } from '../../../domain/upstream/setup.ts';
import { mappingName } from '../../mapping/schema.ts';
import { itemNumber, platformName } from '../../upstream/lifeline.ts';
import {
  bilingualOut,
  codeIn,
  instantIn,
  instantOut,
  lifelineIn,
  lineIn,
  metricIn,
  paging,
  textIn,
} from '../shapes.ts';

export const ofUpstream = z.strictObject({ name: platformName });
export const ofUpItem = z.strictObject({ name: platformName, id: itemNumber });
export const ofSource = z.strictObject({ source: platformName });

const object = z.enum(UP_OBJECTS);
const readings = z.strictObject({
  everyMinutes: z.number().int().min(1).max(1_440).describe('length of a window'),
  mode: z
    .enum(['latest', 'all'])
    .default('latest')
    .describe('latest: of each series its last reading of the window'),
  points: z.array(codeIn).max(100_000).optional().describe('left out: all'),
  lifelines: z.array(lifelineIn).max(50).optional(),
  metrics: z.array(metricIn).max(200).optional(),
});
const url = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .describe('paths of the profile are put behind it; its host must be in LIFELINE_OUT_HOSTS');

export const upstreamBody = z
  .strictObject({
    title: lineIn(100),
    profile: mappingName,
    url,
    source: platformName.describe('what we are called there'),
    enabled: z.boolean().default(true),
    objects: z.array(object).min(1).max(UP_OBJECTS.length),
    areas: z.array(codeIn).max(200).default([]).describe('prefixes of area codes; none: all'),
    readings: readings.nullable().default(null).describe('which go up, where objects has reading'),
    secrets: z
      .strictObject({
        key: z.string().max(500).optional(),
        secret: z.string().max(4_000).optional(),
        cipherKey: z
          .string()
          .regex(/^[0-9a-fA-F]{32}$/, '16 bytes in hex')
          .optional(),
      })
      .default({})
      .describe('written, never read; left out: as they are, unless the address is another'),
  })
  .meta({
    id: 'UpstreamSetup',
    examples: [
      {
        title: '市级平台',
        profile: 'district-to-city',
        url: 'https://city.example',
        source: 'qiaocheng',
        enabled: true,
        objects: ['alarm', 'order', 'reading'],
        areas: [],
        readings: { everyMinutes: 1, mode: 'latest', points: ['GAS-0001'] },
        secrets: { secret: 'the token that the city has made' },
      },
    ],
  });

export const upstreamOut = z
  .object({
    name: platformName,
    title: z.string(),
    profile: z.string(),
    url: z.string(),
    source: z.string(),
    enabled: z.boolean(),
    objects: z.array(object),
    areas: z.array(z.string()),
    readings: z
      .object({
        everyMinutes: z.number(),
        mode: z.enum(['latest', 'all']),
        points: z.array(z.string()).optional(),
        lifelines: z.array(z.string()).optional(),
        metrics: z.array(z.string()).optional(),
      })
      .nullable(),
    secrets: z.array(z.enum(SECRET_NAMES)).describe('those that are set'),
    queued: z.object({ live: z.number().int(), bulk: z.number().int() }),
    rejected: z.number().int().describe('wait for a person'),
    oldestAt: instantOut.nullable().describe('since when the oldest has waited for its receiver'),
    given: z
      .object({ live: z.number().int(), bulk: z.number().int() })
      .describe('the last number of each lane'),
    differences: z.number().int().describe('of the reconciliation, that nobody has explained'),
    line: z.object({
      lastAcceptedAt: instantOut.nullable(),
      lastHeardAt: instantOut.nullable(),
      failingSince: instantOut.nullable().describe('null: somebody answers'),
      said: z.string().nullable().describe('what was last said that was no receipt'),
      nextTryAt: instantOut.nullable(),
    }),
  })
  .meta({ id: 'Upstream' });

export const sourceOut = z
  .object({
    source: z.string(),
    heardAt: instantOut,
    silent: z.boolean().describe('nothing heard for three keep-alives; what it told stays as it was told'),
    firstAt: instantOut,
    lastAt: instantOut.describe('when something was last taken'),
    taken: z.object({ live: z.number().int(), bulk: z.number().int() }),
    missing: z
      .number()
      .int()
      .describe('numbers below the last one that have not come: rejected, waived, or on their way'),
    openAlarms: z.number().int(),
    openOrders: z.number().int(),
    openWarnings: z.number().int(),
    openIncidents: z.number().int(),
    offline: z
      .object({
        total: z.number().int(),
        devices: z.array(
          z.object({ device: z.string(), point: z.string(), lifeline: z.string(), since: instantOut }),
        ),
      })
      .describe('its devices that have gone; those longest gone are named, 100 at most'),
    register: z
      .object({ version: z.number().int(), points: z.number().int(), digest: z.string() })
      .nullable(),
  })
  .meta({ id: 'UpstreamSource' });

export const profileOut = z
  .object({
    name: z.string(),
    title: bilingualOut.nullable(),
    from: z.enum(['shipped', 'own']).describe('own: a file in the data directory, upstreams/'),
    inForce: z.boolean(),
    objects: z.array(object).describe('what may go up by it'),
    faults: z.array(z.object({ line: z.number().int(), path: z.string(), why: z.string() })),
  })
  .meta({ id: 'UpstreamProfile' });

export const upstreamsOut = z.object({
  items: z.array(upstreamOut),
  next: z.null(),
  sources: z.array(sourceOut),
  profiles: z.array(profileOut),
});

export const upItemOut = z
  .object({
    id: z.string().describe('its number: live-17'),
    at: instantOut.describe('when it was owed'),
    object,
    key: z.string().describe('of one key, each waits for the one before it'),
    seq: z.number().int().optional().describe('of its event in the journal'),
    window: z
      .object({ from: instantOut, to: instantOut, part: z.number().int(), parts: z.number().int() })
      .optional()
      .describe('of readings: what it stands for in the history'),
    late: z.boolean(),
    state: z.enum(['queued', 'acked', 'rejected', 'waived']),
    said: z.string().nullable().describe('the receiver’s own words'),
    receipt: z.string().nullable(),
    answeredAt: instantOut.nullable(),
    set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    acts: z.array(
      z.object({
        did: z.enum(['corrected', 'waived', 'retried']),
        by: z.string(),
        at: instantOut,
        reason: z.string(),
      }),
    ),
  })
  .meta({ id: 'UpstreamItem' });

export const outboxQuery = z.strictObject({
  ...paging,
  state: z.enum(['queued', 'rejected', 'acked', 'waived']).optional(),
});

export const reasonBody = z.strictObject({ reason: textIn(500) });
export const correctBody = z
  .strictObject({
    reason: textIn(500),
    set: z
      .record(z.string().min(1).max(100), z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]))
      .default({})
      .describe(
        'their name of a field → what stands in it; none: as the profile and the register now have it',
      ),
  })
  .meta({
    id: 'UpstreamCorrection',
    examples: [{ reason: '对方要求行政区划为 6 位', set: { areaCode: '341602' } }],
  });

export const backfillBody = z
  .strictObject({ from: instantIn, to: instantIn })
  .meta({ id: 'UpstreamBackfill', examples: [{ from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' }] });
export const backfillOut = z.object({ items: z.number().int() });

const tally = z.object({ count: z.number().int(), digest: z.string() });
export const differenceOut = z
  .object({
    day: z.string().describe('in Beijing'),
    object,
    state: z.enum(['agrees', 'differs', 'unanswered', 'explained']),
    ours: tally,
    owed: z.number().int().describe('of ours, on their way or rejected'),
    waived: z.number().int().describe('let go by a person, and not among ours'),
    theirs: tally.nullable().describe('null: they do not say'),
    at: instantOut,
    explained: z.object({ by: z.string(), at: instantOut, reason: z.string() }).nullable(),
  })
  .meta({ id: 'UpstreamDifference' });
export const dayQuery = z.strictObject({
  day: z.iso.date().optional().describe('in Beijing; left out: today'),
});
export const explainBody = z.strictObject({ day: z.iso.date(), object, reason: textIn(500) }).meta({
  id: 'UpstreamExplanation',
  examples: [{ day: '2026-12-01', object: 'alarm', reason: '对方当日停机检修' }],
});
