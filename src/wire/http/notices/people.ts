import { z } from 'zod';
import { exportQuery, importOut } from '../register.ts';
import { codeIn, flagIn, instantIn, instantOut, lifelineIn, lineIn, paging } from '../shapes.ts';

export const unitKind = z.enum([
  'centre',
  'district',
  'street',
  'community',
  'department',
  'owner',
  'operator',
  'crew',
]);
export const post = z
  .enum(['duty', 'leader', 'member'])
  .describe('`duty` and `leader` answer by the roster, where the unit has one');
export const phoneIn = z.string().regex(/^\+?[\d -]{3,24}$/);
export const mobileIn = z.string().regex(/^\+?\d{5,15}$/);
export const emailIn = z.email().max(254);

/** A unit's code: none of the words that policies find units by. */
export const unitCodeIn = codeIn.refine(
  (c) => !['owner', 'district', 'centre'].includes(c),
  'a word of the policies',
);

const unitFields = {
  name: lineIn(100),
  kind: unitKind,
  parent: codeIn.nullable().optional(),
  areas: z.array(codeIn).max(500).optional().describe('what it answers for, with everything below'),
  lifelines: z.array(lifelineIn).max(50).optional().describe('none: all of them'),
  phone: phoneIn.nullable().optional(),
};
export const unitCreate = z
  .strictObject({
    code: unitCodeIn,
    ...unitFields,
  })
  .meta({ id: 'UnitCreate' });
const changeFields = {
  inService: z.boolean().optional().describe('false: answers for nothing and is called no more'),
  seenRevision: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('the revision that was changed; another one refuses'),
};
export const unitPatch = z
  .strictObject({ ...unitFields, ...changeFields })
  .partial()
  .meta({ id: 'UnitPatch' });
export const unitOut = z
  .object({
    code: z.string(),
    name: z.string(),
    kind: unitKind,
    parent: z.string().nullable(),
    areas: z.array(z.string()),
    lifelines: z.array(z.string()),
    phone: z.string().nullable(),
    inService: z.boolean(),
    revision: z.number().int(),
  })
  .meta({ id: 'Unit' });
export const unitsQuery = z.strictObject({ ...paging, kind: unitKind.optional() });

const contactFields = {
  unit: codeIn,
  name: lineIn(60),
  post,
  mobile: mobileIn.nullable().optional(),
  email: emailIn.nullable().optional(),
  account: codeIn.nullable().optional().describe('with which they log in here'),
  handles: z
    .strictObject({
      dingtalk: lineIn(64).optional(),
      wecom: lineIn(64).optional(),
      feishu: lineIn(64).optional(),
    })
    .optional(),
};
export const contactCreate = z
  .strictObject({ id: codeIn.optional().describe('left out: one is made'), ...contactFields })
  .meta({ id: 'ContactCreate' });
export const contactPatch = z
  .strictObject({ ...contactFields, ...changeFields })
  .partial()
  .meta({ id: 'ContactPatch' });
export const contactOut = z
  .object({
    id: z.string(),
    unit: z.string(),
    name: z.string(),
    post,
    mobile: z.string().nullable().describe('masked; whole by `GET /contacts/{id}/mobile`, which is audited'),
    email: z.string().nullable(),
    account: z.string().nullable(),
    handles: z.record(z.string(), z.string()),
    inService: z.boolean(),
    revision: z.number().int(),
  })
  .meta({ id: 'Contact' });
export const contactsQuery = z.strictObject({ ...paging, unit: codeIn.optional() });
export const mobileOut = z.object({ id: z.string(), mobile: z.string().nullable() }).meta({ id: 'Mobile' });

const shiftIn = z.strictObject({
  from: instantIn,
  to: instantIn.describe('exclusive; at most a week after `from`'),
  duty: z.array(codeIn).max(20),
  leader: z.array(codeIn).max(20),
});
export const rosterBody = z
  .strictObject({ shifts: z.array(shiftIn).max(1_000), seenRevision: changeFields.seenRevision })
  .meta({ id: 'RosterIn' });
export const rosterOut = z
  .object({
    unit: z.string(),
    revision: z.number().int().describe('0: there is none yet'),
    shifts: z.array(
      z.object({
        from: instantOut,
        to: instantOut,
        duty: z.array(z.string()),
        leader: z.array(z.string()),
      }),
    ),
    findings: z
      .array(
        z.object({
          is: z.enum(['gap', 'overlap']),
          post: z.enum(['duty', 'leader']).nullable(),
          from: instantOut,
          to: instantOut,
        }),
      )
      .describe('what will hurt within the next 14 days: nobody named, or two shifts at once'),
  })
  .meta({ id: 'Roster' });

export const rosterImportQuery = z.strictObject({
  dryRun: flagIn.describe('true: say what would happen, change nothing'),
  replace: flagIn.describe(
    'true: the file is the whole roster, and nothing changes unless all of its rows are good; otherwise shifts that it does not name stay',
  ),
});
export const rosterExportQuery = exportQuery;
export const rosterImportOut = importOut
  .pick({
    dryRun: true,
    rows: true,
    created: true,
    updated: true,
    unchanged: true,
    failed: true,
    errors: true,
    moreErrors: true,
  })
  .extend({
    dropped: z.number().int().describe('shifts that were there and are no more'),
    findings: rosterOut.shape.findings,
  })
  .meta({ id: 'RosterImportReport' });

export const dutyQuery = z.strictObject({ unit: codeIn, at: instantIn.optional().describe('left out: now') });
const named = z.object({ id: z.string(), name: z.string() });
export const dutyOut = z
  .object({
    unit: z.string(),
    at: instantOut,
    duty: z.array(named),
    leader: z.array(named),
    gaps: z.array(z.enum(['duty', 'leader'])).describe('posts that nobody holds then: said, never skipped'),
  })
  .meta({ id: 'Duty' });
