import { z } from 'zod';
import type { StepSuggestion } from '../../../domain/rules/suggest.ts';
import { instantIn, instantOut } from '../shapes.ts';
import { backtestOut } from './backtest.ts';
import { changeOut, levelWire, ruleWhereQuery, scopeOut } from './rules.ts';

/** Numbers by which a noisy rule would be quieter, from what its points told, with their backtest. */

export const suggestionQuery = z.strictObject({
  point: ruleWhereQuery.point.describe('for this point'),
  area: ruleWhereQuery.area.describe('for this area; neither: for the whole lifeline'),
  from: instantIn.optional().describe('by the time of observation, inclusive; default: 7 days before `to`'),
  to: instantIn.optional().describe('exclusive; default: the end of this minute'),
});

const span = z.number().describe('milliseconds');

export const suggestionOut = z
  .object({
    rule: z.string(),
    scope: scopeOut.describe('where the numbers would hold'),
    from: instantOut,
    to: instantOut,
    points: z
      .array(z.object({ pointCode: z.string(), readings: z.int(), from: instantOut }))
      .describe(
        'whose readings were measured: the point, or the ten at which the rule spoke most; from when, where the range held too many',
      ),
    noise: z
      .object({
        sigma: z.number().describe('standard deviation from reading to reading, in the unit of the rule'),
        step: z.number().describe('smallest move that was seen'),
      })
      .nullable()
      .describe('of the noisiest of them; null: too little to tell'),
    steps: z.array(
      z.object({
        level: levelWire,
        takes: z.int().describe('how often the step took hold at these points'),
        excursions: z
          .object({ n: z.int(), medianMs: span, longestMs: span })
          .describe('how often and how long the signal was beyond the limit; deadband and delays left out'),
        found: z.discriminatedUnion('is', [
          z.object({ is: z.literal('deadband'), value: z.number(), was: z.number(), takes: z.int() }),
          z.object({ is: z.literal('onDelay'), valueMs: span, wasMs: span, takes: z.int() }),
          z.object({
            is: z.literal('nothing'),
            why: z
              .enum(['kind', 'too-little-data', 'quiet', 'safety', 'not-noise'])
              .describe(
                'kind: no rule whose alarms come from noise; quiet: fewer than three; safety: an on-delay would help, and this step must not wait; not-noise: the excursions are long or far out',
              ),
          }),
        ]),
      }),
    ),
    draft: changeOut.nullable().describe('to be taken as it is, or changed; null: nothing to suggest'),
    backtest: backtestOut
      .nullable()
      .describe('of the draft beside the rule in force; it may still be running'),
  })
  .meta({ id: 'Suggestion' });
export type SuggestionJson = z.input<typeof suggestionOut>;

export function suggestedStepJson({
  found,
  excursions,
  ...s
}: StepSuggestion): SuggestionJson['steps'][number] {
  const { n, median, longest } = excursions;
  return { ...s, excursions: { n, medianMs: median, longestMs: longest }, found: foundJson(found) };
}

function foundJson(found: StepSuggestion['found']): SuggestionJson['steps'][number]['found'] {
  if (found.is === 'nothing') return found;
  const { value, was, takes } = found;
  return found.is === 'deadband'
    ? { is: 'deadband', value, was, takes }
    : { is: 'onDelay', valueMs: value, wasMs: was, takes };
}
