import { z } from 'zod';

/** Whose something is: stands in every wire form of what a platform below can tell of. */
export const fromField = {
  from: z
    .string()
    .optional()
    .describe('下级平台: the platform below that it is of, where it is decided; absent: ours'),
};
export const fromPart = ({ from }: { readonly from?: string }): { from?: string } =>
  from === undefined ? {} : { from };
