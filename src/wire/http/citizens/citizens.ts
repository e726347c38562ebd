import { z } from 'zod';
import {
  CITIZEN_KINDS,
  CITIZEN_OUTCOMES,
  CITIZEN_STATES,
  CITIZEN_VERBS,
  CITIZEN_WAYS,
  type CitizenEntry,
  type CitizenState,
} from '../../../domain/citizen/citizen-report.ts';
import { CITIZEN_TIES } from '../../../domain/citizen/decide.ts';
import { citizenDue } from '../../../domain/citizen/due.ts';
import { maskedWords } from '../../../domain/citizen/masks.ts';
import type { CitizenMatch } from '../../../domain/citizen/match.ts';
import type { Millis } from '../../../domain/time.ts';
import { iso } from '../../alarm.ts';
import { importOut } from '../register.ts';
import { codeIn, flagIn, instantIn, instantOut, lifelineIn, lineIn, paging, textIn } from '../shapes.ts';

export const citizenIdIn = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const lonIn = z.number().min(-180).max(180);
const latIn = z.number().min(-90).max(90);
/** As hotlines number: digits, letters, dashes, and whatever stands before them. */
export const externalNoIn = lineIn(64);
export const callerPhoneIn = z.string().regex(/^[0-9+() -]{3,32}$/);
const reasonIn = textIn(500);

/** Words of a report as a row or a body has them. */
export const citizenFields = {
  externalNo: externalNoIn.describe('its number at the hotline: the same again is the same report'),
  source: lineIn(32).default('12345').describe('which hotline'),
  receivedAt: instantIn.describe('when the hotline took the call'),
  kind: z.enum(CITIZEN_KINDS).default('other'),
  category: lineIn(64).optional().describe('as the hotline names it: 井盖缺失'),
  text: textIn(2_000),
  place: lineIn(200).optional().describe('as the caller says it'),
  lon: lonIn.optional().describe('degrees, CGCS2000 or WGS-84; with lat'),
  lat: latIn.optional(),
  area: codeIn.optional().describe('left out: that of the nearest point within 2 km'),
  lifeline: lifelineIn.optional(),
  caller: lineIn(64).optional().describe('personal: masked wherever it is shown, erased in time'),
  phone: callerPhoneIn.optional().describe('personal: likewise'),
  dueAt: instantIn.optional().describe('by when the hotline wants an answer; left out: by the house’s rule'),
};
export const citizenTake = z
  .strictObject(citizenFields)
  .refine((b) => (b.lon === undefined) === (b.lat === undefined), {
    message: 'lon and lat go together',
    path: ['lat'],
  })
  .meta({ id: 'TakeCitizenReport' });

const wordsOut = z.object({
  text: z.string(),
  place: z.string(),
  caller: z.string().nullable(),
  phone: z.string().nullable(),
  answer: z.string().nullable(),
  reasons: z.array(z.object({ at: instantOut, text: z.string() })),
});
export const citizenOut = z
  .object({
    id: z.string(),
    revision: z.number().int(),
    source: z.string(),
    externalNo: z.string(),
    kind: z.enum(CITIZEN_KINDS),
    category: z.string().nullable(),
    lifeline: z.string().nullable(),
    area: z.string(),
    lon: z.number().nullable(),
    lat: z.number().nullable(),
    receivedAt: instantOut.describe('the hotline’s clock'),
    takenAt: instantOut.describe('ours'),
    way: z.enum(CITIZEN_WAYS),
    by: z.string(),
    state: z.enum(CITIZEN_STATES),
    due: z.object({
      at: instantOut,
      by: z.enum(['hotline', 'house']),
      state: z
        .enum(['running', 'amber', 'overdue', 'met', 'missed'])
        .nullable()
        .describe('null: it needs no answer of its own'),
      reminder: z.enum(['reminded', 'criticised']).nullable(),
    }),
    words: wordsOut.nullable().describe('name, number and long digits masked; null: erased in their time'),
    points: z.array(z.string()),
    alarms: z.array(z.string()),
    incident: z.string().nullable(),
    order: z.string().nullable(),
    duplicateOf: z.string().nullable(),
    answeredAt: instantOut.nullable(),
    outcome: z.enum(CITIZEN_OUTCOMES).nullable(),
    overAt: instantOut.nullable(),
    erasedAt: instantOut.nullable(),
    story: z.array(z.object({ at: instantOut, by: z.string().nullable(), did: z.enum(CITIZEN_VERBS) })),
  })
  .meta({ id: 'CitizenReport' });

/** The caller's own words, whole: for whoever has said why. */
export const citizenWordsOut = z
  .object({
    id: z.string(),
    text: z.string(),
    place: z.string(),
    caller: z.string().nullable(),
    phone: z.string().nullable(),
  })
  .meta({ id: 'CitizenWords' });

export const citizenMatchesOut = z.object({
  items: z
    .array(
      z.object({
        point: z.string(),
        pointName: z.string(),
        lifeline: z.string(),
        score: z.number().int(),
        reasons: z.array(
          z.union([
            z.object({ by: z.literal('distance'), metres: z.number().int() }),
            z.object({ by: z.literal('address'), words: z.array(z.string()) }),
            z.object({ by: z.literal('area') }),
            z.object({ by: z.literal('lifeline') }),
            z.object({ by: z.literal('time'), minutes: z.number().int() }),
            z.object({ by: z.literal('alarms'), open: z.number().int() }),
          ]),
        ),
        alarms: z.array(
          z.object({ id: z.string(), level: z.number().int(), raisedAt: instantOut, isOpen: z.boolean() }),
        ),
        incident: z.string().nullable(),
      }),
    )
    .describe('the likeliest first; a suggestion, and nothing is tied by it'),
});

const states = z
  .string()
  .transform((s) => s.split(','))
  .pipe(z.array(z.enum(['open', 'over', ...CITIZEN_STATES] as ['open', 'over', ...CitizenState[]])))
  .optional()
  .describe('`open`, `over`, or states with commas between; left out: all');
const filters = {
  state: states,
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
  source: lineIn(32).optional().describe('with externalNo; left out: 12345'),
  externalNo: externalNoIn.optional(),
  order: citizenIdIn.optional(),
  incident: citizenIdIn.optional(),
};
export const citizensQuery = z.strictObject({ ...paging, ...filters });
export const citizensExportQuery = z.strictObject(filters);
export type CitizensQuery = z.output<typeof citizensExportQuery>;

export const citizenImportQuery = z.strictObject({
  dryRun: flagIn.describe('true: say what would happen, change nothing'),
});
export const citizenImportOut = importOut
  .pick({
    ...{ dryRun: true, rows: true, created: true, updated: true, unchanged: true, failed: true },
    ...{ errors: true, moreErrors: true },
  })
  .meta({ id: 'CitizenImportReport' });

/** What every act on a report says. */
const asked = {
  commandId: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,64}$/)
    .describe('chosen by you, new for each act; sending the same one again repeats the answer, not the act'),
  seenRevision: z.number().int().min(1).describe('revision that you were looking at'),
};
const ties = {
  points: z.array(codeIn).max(CITIZEN_TIES).default([]),
  alarms: z.array(citizenIdIn).max(CITIZEN_TIES).default([]),
  incident: citizenIdIn.optional(),
  order: citizenIdIn.optional(),
};
export const citizenTies = z.strictObject({ ...asked, ...ties }).meta({ id: 'CitizenTies' });
export const citizenPlace = z
  .strictObject({
    ...asked,
    lon: lonIn.nullable(),
    lat: latIn.nullable(),
    area: codeIn,
    lifeline: lifelineIn.nullable(),
  })
  .meta({ id: 'PlaceCitizenReport' });
export const citizenAnswer = z.strictObject({ ...asked, text: textIn(2_000) }).meta({ id: 'AnswerCitizen' });
export const citizenClose = z
  .strictObject({ ...asked, outcome: z.enum(CITIZEN_OUTCOMES).describe('回访结果') })
  .meta({ id: 'CloseCitizenReport' });
export const citizenReason = z.strictObject({ ...asked, reason: reasonIn }).meta({ id: 'CitizenReason' });
export const citizenDuplicate = z
  .strictObject({ ...asked, of: citizenIdIn.describe('the report that it repeats') })
  .meta({ id: 'CitizenDuplicate' });
export const citizenReveal = z
  .strictObject({ reason: lineIn(200).describe('why; it stands in the audit journal') })
  .meta({ id: 'RevealCitizen' });
export const citizenDraftOut = z
  .object({ zh: z.string(), en: z.string() })
  .meta({ id: 'CitizenAnswerDraft' });

const isoOr = (t: Millis | null) => (t === null ? null : iso(t));

/** As everybody sees it who may see it: what is personal is masked. @param now by which its time stands */
export function citizenJson({ report: r, words }: CitizenEntry, now: Millis): z.input<typeof citizenOut> {
  const due = citizenDue(r, now);
  const shown = words === null ? null : maskedWords(words);
  return {
    id: r.id,
    revision: r.revision,
    source: r.source,
    externalNo: r.no,
    kind: r.kind,
    category: r.category,
    lifeline: r.lifeline,
    area: r.area,
    lon: r.lon,
    lat: r.lat,
    receivedAt: iso(r.calledAt),
    takenAt: iso(r.takenAt),
    way: r.way,
    by: r.by.name,
    state: r.state,
    due: { at: iso(r.dueAt), by: r.dueBy, state: due?.state ?? null, reminder: due?.reminder ?? null },
    words:
      shown === null
        ? null
        : { ...shown, reasons: shown.reasons.map(({ at, text }) => ({ at: iso(at), text })) },
    points: [...r.points],
    alarms: [...r.alarms],
    incident: r.incident,
    order: r.order,
    duplicateOf: r.duplicateOf,
    answeredAt: isoOr(r.answeredAt),
    outcome: r.outcome,
    overAt: isoOr(r.overAt),
    erasedAt: isoOr(r.erasedAt),
    story: r.story.map(({ at, by, did }) => ({ at: iso(at), by: by?.name ?? null, did })),
  };
}

export const citizenMatchJson = (m: CitizenMatch): z.input<typeof citizenMatchesOut>['items'][number] => ({
  point: m.point,
  pointName: m.name,
  lifeline: m.lifeline,
  score: m.score,
  reasons: m.reasons.map((r) => (r.by === 'address' ? { by: r.by, words: [...r.words] } : r)),
  alarms: m.alarms.map(({ id, level, raisedAt, isOpen }) => ({ id, level, raisedAt: iso(raisedAt), isOpen })),
  incident: m.incident,
});
