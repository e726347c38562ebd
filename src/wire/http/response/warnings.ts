import { z } from 'zod';
import { WARNING_STATES, WARNING_STATUSES, type WarningState } from '../../../domain/warning/warning.ts';
import { codeIn, drillIn, instantIn, lifelineIn, lineIn, paging, textIn } from '../shapes.ts';
import { asked } from './orders.ts';

const levelIn = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
const idIn = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const unitsIn = z.array(codeIn).max(100);
const content = {
  level: levelIn.optional(),
  kind: lineIn(64).optional().describe('what is warned of: 燃气泄漏'),
  areas: z.array(codeIn).min(1).max(100).optional(),
  areaText: lineIn(200).optional(),
  text: textIn(2_000).optional(),
  instruction: textIn(2_000).optional(),
  expires: instantIn.optional(),
};

export const warningsQuery = z.strictObject({
  ...paging,
  state: z
    .string()
    .transform((s) => s.split(','))
    .pipe(z.array(z.enum(['open', 'over', ...WARNING_STATES] as ['open', 'over', ...WarningState[]])))
    .optional()
    .describe('`open`, `over`, or states with commas between; left out: open'),
  level: z.coerce.number().int().min(1).max(4).optional(),
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
  alarm: idIn.optional().describe('drafted from this alarm'),
  drill: drillIn,
});
export type WarningsQuery = z.output<typeof warningsQuery>;

export const warningCreate = z
  .strictObject({
    basis: z
      .strictObject({ alarms: z.array(idIn).max(100).default([]), incident: idIn.optional() })
      .default({ alarms: [] })
      .describe('what is left out below is proposed from these alarms; instruction is the pack’s advice'),
    lifeline: lifelineIn.optional(),
    status: z.enum(WARNING_STATUSES).default('actual'),
    ...content,
    recipients: unitsIn.optional().describe('units that are to confirm; left out: whom the alarms belong to'),
    issuer: codeIn.optional(),
    commandId: asked.commandId,
  })
  .meta({ id: 'DraftWarning' });
export const editBody = z
  .strictObject({ ...content, recipients: unitsIn.optional(), ...asked })
  .meta({ id: 'EditWarning' });
export const issueBody = z
  .strictObject({ documentNo: lineIn(64).optional().describe('文号'), ...asked })
  .meta({ id: 'IssueWarning' });
export const returnBody = z.strictObject({ reason: textIn(500), ...asked }).meta({ id: 'ReturnWarning' });
export const confirmBody = z
  .strictObject({ unit: codeIn.optional().describe('left out: one’s own'), ...asked })
  .meta({ id: 'ConfirmWarning' });
export const adjustBody = z
  .strictObject({ ...content, level: levelIn, text: textIn(2_000), reason: textIn(500), ...asked })
  .meta({ id: 'AdjustWarning' });
export const liftBody = z
  .strictObject({
    reason: textIn(500).optional().describe('needed while an alarm or order of its basis is not over'),
    ...asked,
  })
  .meta({ id: 'LiftWarning' });
export const cancelBody = z.strictObject({ reason: textIn(500), ...asked }).meta({ id: 'CancelWarning' });
export const ofWarning = z.strictObject({ id: idIn });
export const ofMessage = z.strictObject({ id: idIn, identifier: z.string().regex(/^\d{14}_\d{14}_\d$/) });
