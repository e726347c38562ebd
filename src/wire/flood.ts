import { z } from 'zod';
import type { Flood, FloodAlarm } from '../domain/alarm/flood-story.ts';
import { iso } from './alarm.ts';
import { bilingualOut, instantOut } from './http/shapes.ts';

const levelOut = z.number().int().min(1).max(4);
/** Groups told of one flood; what lies beyond is in `ungrouped`. */
const SHOWN = 50;

const firstOut = z
  .object({
    alarmId: z.string(),
    at: instantOut,
    level: levelOut,
    lifeline: z.string(),
    pointCode: z.string(),
    pointName: z.string(),
    ruleName: bilingualOut,
  })
  .describe('首出: what came first; most often what the others come from');

/** A flood 报警泛滥 that is on; every alarm of it is in the list of alarms as well. */
export const floodJson = z
  .object({
    areaCode: z.string().nullable().describe('with everything below it; null: of the whole service'),
    since: instantOut.describe('more than 10 alarms had been raised within 10 min'),
    endsAt: instantOut.describe('fewer than 5 in 10 min, if nothing more comes'),
    raised: z.number().int().describe('so far, those that began it included'),
    firstOut,
    groups: z
      .array(
        z.object({
          assetCode: z.string().nullable().describe('null: points that belong to no asset'),
          assetName: z.string().nullable(),
          areaCode: z.string(),
          raised: z.number().int(),
          level: levelOut.describe('the gravest'),
          firstOut,
        }),
      )
      .describe('gravest first, then largest'),
    ungrouped: z.number().int().describe('raised elsewhere than in the groups shown'),
  })
  .meta({ id: 'Flood' });

const firstJson = (a: FloodAlarm): z.infer<typeof firstOut> => ({
  alarmId: a.alarm,
  at: iso(a.at),
  level: a.level,
  lifeline: a.lifeline,
  pointCode: a.point,
  pointName: a.pointName,
  ruleName: a.ruleName,
});

export function floodToJson(f: {
  readonly area: string | null;
  readonly flood: Flood;
  readonly endsAt: number;
}): z.infer<typeof floodJson> {
  const { flood } = f;
  const inOrder = [...flood.groups.values()].sort((a, b) => a.level - b.level || b.raised - a.raised);
  const shown = inOrder.slice(0, SHOWN);
  return {
    areaCode: f.area,
    since: iso(flood.since),
    endsAt: iso(f.endsAt),
    raised: flood.raised,
    firstOut: firstJson(flood.firstOut),
    groups: shown.map((g) => ({
      assetCode: g.asset,
      assetName: g.assetName,
      areaCode: g.area,
      raised: g.raised,
      level: g.level,
      firstOut: firstJson(g.firstOut),
    })),
    ungrouped: flood.raised - shown.reduce((sum, g) => sum + g.raised, 0),
  };
}

/** Somebody bound to areas is told of the floods of those; the one of the whole service would tell them of others. */
export function floodsSeen<F extends { readonly area: string | null }>(
  floods: readonly F[],
  scope: readonly string[] | null,
  sees: (area: string) => boolean,
): readonly F[] {
  return scope === null ? floods : floods.filter((f) => f.area !== null && sees(f.area));
}
