import { z } from 'zod';
import { type DeviceFault, type DeviceQuality, poorShare } from '../../domain/quality/device.ts';
import type { Harm } from '../../domain/quality/harm.ts';
import { iso } from '../alarm.ts';
import { bilingualOut, codeIn, instantOut, lifelineIn, paging, whyOut } from './shapes.ts';

const count = z.number().int().min(0);
const places = {
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
};

export const qualityQuery = z.strictObject({ ...paging, ...places });
export const faultsQuery = z.strictObject({
  ...paging,
  ...places,
  state: z
    .enum(['open', 'all'])
    .default('open')
    .describe('`all`: of each device and kind the last, cleared or not'),
  kind: z
    .enum([
      'poor-readings',
      'stuck',
      'noise-collapse',
      'clock-off',
      'low-battery',
      'interval-drift',
      'disagrees',
    ])
    .optional(),
});

export const harmQuery = faultsQuery.extend({
  order: z
    .enum(['device', 'harm'])
    .default('device')
    .describe('`harm`: what would go unseen for longest first'),
});

/** 设备故障 */
export const deviceFaultOut = z
  .object({
    device: z.string(),
    pointCode: z.string(),
    kind: faultsQuery.shape.kind.unwrap().describe('stable code'),
    metric: z.string().nullable().describe('null: of the device as a whole'),
    since: instantOut,
    why: bilingualOut,
    clearedAt: instantOut.nullable(),
    times: count.describe('how often it has begun'),
  })
  .meta({ id: 'DeviceFault' });

/** … and what is unseen because of it. */
export const doubtfulSensorOut = deviceFaultOut
  .extend({
    harm: z.object({
      score: z.number().describe('doubt × what it guards × alone × people; 0: nothing is judged by it'),
      doubt: z
        .number()
        .int()
        .describe('3 it may show calm where there is none, 2 much is thrown away, 1 it still measures'),
      guards: z.number().int().nullable().describe('gravest level that a rule may raise by it'),
      rules: count.describe('that go by it'),
      alone: z.boolean().describe('no other sound sensor of the lifeline at its asset'),
      people: z.number().nullable().describe('within reach of its asset; null: the register does not say'),
    }),
    place: z.object({
      point: z.string().describe('name of the point'),
      asset: z.string().nullable().describe('name of the asset'),
      area: z.string(),
      lifeline: z.string(),
    }),
  })
  .meta({ id: 'DoubtfulSensor' });

export const deviceQualityOut = z
  .object({
    device: z.string(),
    pointCode: z.string().nullable(),
    poorShare: z.number().describe('readings of the days below that were not good, 0 … 1'),
    days: z
      .array(
        z.object({
          from: instantOut.describe('start of the day in Beijing'),
          good: count,
          doubtful: count,
          bad: count,
          why: z.partialRecord(whyOut, count).describe('how many of each reason'),
        }),
      )
      .describe('newest last, at most 14'),
    lastGoodAt: instantOut.nullable().describe('device clock'),
    newestAt: instantOut.nullable(),
    interval: z.object({
      expectedSeconds: z.number().nullable(),
      seenSeconds: z.number().nullable().describe('mean of the last eight or so'),
    }),
    battery: z.object({ percent: z.number(), at: instantOut }).nullable(),
    clockOffsetSeconds: z
      .number()
      .nullable()
      .describe('device clock less ours at the newest sample, transport included; null: it sends no time'),
    faults: z.array(deviceFaultOut).describe('open ones'),
    door: z
      .object({
        door: z.enum(['sl651', 'hj212', 'gb26875', 'modbus', 'szy206']),
        station: z.string().describe('as its standard calls it'),
        at: instantOut,
        answered: z
          .boolean()
          .describe('true: it repeats until we answer, and what was answered is kept; false: best effort'),
      })
      .nullable()
      .describe('how it was last heard through a door of another protocol since the service started'),
  })
  .meta({ id: 'DeviceQuality' });

export const deviceFaultJson = (f: DeviceFault): z.infer<typeof deviceFaultOut> => ({
  device: f.device,
  pointCode: f.point,
  kind: f.kind,
  metric: f.metric,
  since: iso(f.since),
  why: f.why,
  clearedAt: f.clearedAt === null ? null : iso(f.clearedAt),
  times: f.times,
});

export const doubtfulSensorJson = (
  f: DeviceFault,
  harm: Harm,
  place: z.infer<typeof doubtfulSensorOut>['place'],
): z.infer<typeof doubtfulSensorOut> => ({
  ...deviceFaultJson(f),
  harm: { ...harm, score: Math.round(harm.score * 100) / 100 },
  place,
});

type HeardAtDoor = {
  readonly door: NonNullable<z.infer<typeof deviceQualityOut>['door']>['door'];
  readonly station: string;
  readonly at: number;
  readonly isAnswered: boolean;
};

export function deviceQualityJson(
  device: { readonly code: string; readonly point: string | null },
  q: DeviceQuality | undefined,
  faults: readonly DeviceFault[],
  heard: HeardAtDoor | undefined,
): z.infer<typeof deviceQualityOut> {
  const at = (t: number | null | undefined) => (t == null ? null : iso(t));
  const inSeconds = (t: number | null | undefined) =>
    t == null || t === 0 ? null : Math.round(t / 100) / 10;
  return {
    device: device.code,
    pointCode: device.point,
    poorShare: q === undefined ? 0 : Math.round(poorShare(q) * 1e4) / 1e4,
    days: (q?.days ?? []).map((d) => ({
      from: iso(d.from),
      good: d.good,
      doubtful: d.doubtful,
      bad: d.bad,
      why: d.why,
    })),
    lastGoodAt: at(q?.lastGoodAt),
    newestAt: at(q?.newestAt),
    interval: { expectedSeconds: inSeconds(q?.interval.expected), seenSeconds: inSeconds(q?.interval.seen) },
    battery: q?.battery == null ? null : { percent: q.battery.value, at: iso(q.battery.at) },
    clockOffsetSeconds: q?.clock.offset == null ? null : Math.round(q.clock.offset / 100) / 10,
    faults: faults.map(deviceFaultJson),
    door:
      heard === undefined
        ? null
        : { door: heard.door, station: heard.station, at: iso(heard.at), answered: heard.isAnswered },
  };
}
