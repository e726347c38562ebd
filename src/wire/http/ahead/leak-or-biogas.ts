import { z } from 'zod';
import { SIGNS, WEIGHTS } from '../../../domain/leak-or-biogas/signs.ts';
import type { LeakOrBiogas } from '../../../domain/leak-or-biogas/weigh.ts';
import { iso } from '../../alarm.ts';
import { instantIn, instantOut } from '../shapes.ts';

/** Whether gas comes from a pipe or is biogas: signs and their weights, for whoever judges. */

export const leakOrBiogasQuery = z.strictObject({
  at: instantIn.optional().describe('whose past is looked at; left out: now'),
});

export const leakOrBiogasOut = z
  .object({
    pointCode: z.string(),
    at: instantOut,
    leans: z.enum(['pipe-gas', 'biogas', 'unclear']),
    score: z.number().describe('above nought: towards gas from a pipe; below: towards biogas'),
    outOf: z.number().describe('what it could be at most by the signs that were seen'),
    signs: z.array(
      z.object({
        sign: z.enum(SIGNS),
        towards: z.number().describe('1: a pipe, −1: biogas, 0: either'),
        weight: z.number(),
        seen: z
          .number()
          .describe(
            'ethane: ethane to methane; rise, airing: hours (−1: not back); day-curve: share of the variance by hour of day; temperature: correlation; neighbours: how many have gas; pipe: metres',
          ),
      }),
    ),
    missing: z.array(z.enum(SIGNS)).describe('what was not there to be looked at'),
  })
  .meta({ id: 'LeakOrBiogas' });

export const leakOrBiogasJson = (
  pointCode: string,
  at: number,
  w: LeakOrBiogas,
): z.infer<typeof leakOrBiogasOut> => ({
  pointCode,
  at: iso(at),
  leans: w.leans,
  score: hundredths(w.score),
  outOf: w.of,
  signs: w.signs.map((s) => ({ ...s, seen: Number(s.seen.toPrecision(4)), weight: WEIGHTS[s.sign] })),
  missing: [...w.missing],
});

const hundredths = (x: number): number => Math.round(x * 100) / 100;
