import { z } from 'zod';

/** Which drill something is of: stands in every wire form that a drill can cause. */
export const drillField = {
  drill: z.string().optional().describe('演练: of the drill of this id, and not real; absent: real'),
};
export const drillPart = ({ drill }: { readonly drill?: string }): { drill?: string } =>
  drill === undefined ? {} : { drill };
