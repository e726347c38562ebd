import { z } from 'zod';
import { isWorking, type WorkWindow } from '../../domain/register/register.ts';
import { iso } from '../alarm.ts';
import { codeIn, instantIn, instantOut, lifelineIn, lineIn, paging, secondPersonIn } from './shapes.ts';

export const workWindowsQuery = z.strictObject({
  ...paging,
  state: z
    .enum(['current', 'all'])
    .default('current')
    .describe('`current`: those that last or are to come; `all`: those that are over as well'),
  point: codeIn.optional(),
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
});

export const workWindowBody = z
  .strictObject({
    from: instantIn.optional().describe('left out: now'),
    until: instantIn.describe('exclusive; at most 24 h after `from`'),
    reason: lineIn(500).describe('what is done, and under which permit'),
    second: secondPersonIn.describe(
      'a second person who may authorise works too: where the house wants two for level 1, red alarms stay shown without one',
    ),
  })
  .meta({ id: 'OpenWorkWindow' });

/** 作业窗口 */
export const workWindowOut = z
  .object({
    id: z.string(),
    pointCode: z.string(),
    from: instantOut,
    until: instantOut,
    reason: z.string(),
    by: z.string(),
    second: z.string().nullable().describe('who agreed to it beside them'),
    at: instantOut.describe('when it was authorised'),
    active: z.boolean().describe('it hides what the works set off, now'),
    ended: z.object({ at: instantOut, by: z.string() }).nullable().describe('before its time'),
  })
  .meta({ id: 'WorkWindow' });

export const workWindowJson = (w: WorkWindow, now: number): z.infer<typeof workWindowOut> => ({
  id: w.id,
  pointCode: w.point,
  from: iso(w.from),
  until: iso(w.until),
  reason: w.reason,
  by: w.by.name,
  second: w.second ?? null,
  at: iso(w.at),
  active: isWorking(w, now),
  ended: w.ended && { at: iso(w.ended.at), by: w.ended.by.name },
});
