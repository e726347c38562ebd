import { z } from 'zod';
import { DRILL_ENDS, DRILL_NOTICES, type Drill } from '../../domain/drill/drill.ts';
import { actorName, iso } from '../alarm.ts';

const instant = z.string().describe('ISO 8601, UTC');

/** A drill 演练 as JSON (docs/interfaces.md §9). */
export const drillJson = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'over']),
    scenario: z.string().describe('see GET /drill-scenarios'),
    title: z.object({ zh: z.string(), en: z.string() }),
    lifelines: z.array(z.string()),
    areas: z.array(z.string()),
    points: z.array(z.string()).describe('where it plays: copies of these points, under their own codes'),
    notices: z.enum(DRILL_NOTICES).describe('marked: they go to their receivers, marked 演练'),
    endsOnRed: z.boolean().describe('a real red alarm ends it at once'),
    beganAt: instant,
    beganBy: z.string(),
    speaksUntil: instant.describe('until when its devices speak; it goes on until it is ended'),
    endedAt: instant.optional(),
    endedBy: z.string().optional(),
    why: z.enum(DRILL_ENDS).optional(),
    revision: z.number().int(),
  })
  .meta({ id: 'Drill' });
export type DrillJson = z.infer<typeof drillJson>;

export const drillToJson = (d: Drill): DrillJson => ({
  id: d.id,
  state: d.state,
  scenario: d.scenario,
  title: d.title,
  lifelines: [...d.lifelines],
  areas: [...d.areas],
  points: [...d.points],
  notices: d.notices,
  endsOnRed: d.endsOnRed,
  beganAt: iso(d.beganAt),
  beganBy: actorName(d.beganBy),
  speaksUntil: iso(d.beganAt + d.lasts),
  ...(d.endedAt === null ? {} : { endedAt: iso(d.endedAt) }),
  ...(d.endedBy === null ? {} : { endedBy: actorName(d.endedBy) }),
  ...(d.why === null ? {} : { why: d.why }),
  revision: d.revision,
});

export const drillEventKind = z.enum(['began', 'ended']);
