import { z } from 'zod';
import type { KnownCommand } from '../../../domain/device-command/catalogue.ts';
import { bilingualOut } from '../shapes.ts';

export const knownCommandOut = z.object({
  name: z.string(),
  does: bilingualOut,
  kind: z.enum(['command', 'config']),
  params: z.array(
    z.object({
      key: z.string(),
      name: bilingualOut,
      type: z.enum(['number', 'text', 'flag']),
      unit: z.string(),
      min: z.number().nullable(),
      max: z.number().nullable(),
      optional: z.boolean(),
    }),
  ),
  byTwo: z.boolean().describe('a second person must agree'),
});

export const knownCommandsOut = z.object({ items: z.array(knownCommandOut) });

export const knownCommandJson = (c: KnownCommand): z.input<typeof knownCommandOut> => ({
  ...c,
  params: c.params.map(({ unit = '', min = null, max = null, optional = false, ...p }) => ({
    ...p,
    unit,
    min,
    max,
    optional,
  })),
});
