import { z } from 'zod';
import type { Actor, Breach } from '../../domain/alarm/alarm.ts';
import {
  type AssessmentForm,
  CONFIDENCES,
  NEXT_STEPS,
  REAL_CAUSES,
  type ReadingSeen,
  VERDICTS,
  type Verdict,
} from '../../domain/alarm/assessment.ts';
import type { OperatorCommand } from '../../domain/alarm/commands.ts';
import type { AlarmChange, AlarmEvent, WorstSeen } from '../../domain/alarm/events.ts';
import { as } from '../../domain/ids.ts';
import { unreachable } from '../../domain/result.ts';
import { type AlarmJson, actorName, crossed, doubtJson, doubtOut, iso } from '../alarm.ts';
import { csvLine } from '../files/csv.ts';
import { alarmEventKind } from '../live/live.ts';
import {
  codeIn,
  cursorIn,
  drillIn,
  instantIn,
  instantOut,
  lifelineIn,
  limitIn,
  lineIn,
  paging,
  secondPersonIn,
  textIn,
} from './shapes.ts';

const filter = {
  state: z.enum(['open', 'unacked', 'closed', 'all']).default('open'),
  level: z.coerce.number().int().min(1).max(4).optional(),
  overlay: z
    .enum(['none', 'shelved', 'suppressed', 'outOfService', 'hidden'])
    .optional()
    .describe('how it is hidden now; `hidden`: in whatever way'),
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
  point: codeIn.optional(),
  from: instantIn.optional().describe('raised at or after'),
  to: instantIn.optional().describe('raised before'),
  verdict: z
    .enum([...VERDICTS, 'none'])
    .optional()
    .describe('`none`: that nobody has assessed'),
  acknowledgedBy: lineIn(100).optional().describe('name or account of who acknowledged'),
  vendor: lineIn(100).optional().describe('who made the device that measures there now'),
  ackOverS: z.coerce
    .number()
    .int()
    .min(0)
    .max(31_536_000)
    .optional()
    .describe('took longer than so many seconds to be acknowledged, or has waited longer'),
  drill: drillIn,
};
export const alarmsQuery = z.strictObject({ ...paging, ...filter });
export const alarmsExportQuery = z.strictObject(filter);
export type AlarmsQuery = z.output<typeof alarmsQuery>;

/** The whole story on one page, unless it is a very long one. */
export const eventsQuery = z.strictObject({ limit: limitIn(1_000, 1_000), after: cursorIn });

const commandId = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/)
  .describe('chosen by you, new for each act; sending the same one again repeats the answer, not the act');
const noteIn = textIn(2_000);

export const acknowledgeBody = z
  .strictObject({
    seenRevision: z.number().int().min(1).describe('revision of the alarm that you were looking at'),
    note: noteIn.nullish(),
    commandId,
  })
  .meta({ id: 'Acknowledge' });
export const shelveBody = z
  .strictObject({
    until: instantIn,
    reason: textIn(500),
    seenRevision: z.number().int().min(1).optional().describe('given: nobody hides what they have not seen'),
    second: secondPersonIn.describe(
      'a second person who may shelve too, where the house wants one for level 1',
    ),
    commandId,
  })
  .meta({ id: 'Shelve' });
/** Clients that say it with every act may say it with these: they hide nothing, whatever has happened since. */
const seenToo = z
  .number()
  .int()
  .min(1)
  .optional()
  .describe('may be said, as with every act; not looked at here');
export const unshelveBody = z.strictObject({ seenRevision: seenToo, commandId }).meta({ id: 'Unshelve' });
export const resetBody = z
  .strictObject({ note: noteIn.nullish(), seenRevision: seenToo, commandId })
  .meta({ id: 'Reset' });
const measuredIn = { value: z.number(), unit: lineIn(16) };
const formIn = z
  .strictObject({
    seenRevision: z.number().int().min(1).optional(),
    weather: lineIn(100).optional(),
    worksNear: textIn(500).optional().describe('works and permits near'),
    pipesNear: textIn(500).optional().describe('pipes within reach'),
    ethane: z
      .strictObject({ ...measuredIn, instrument: lineIn(64).optional(), at: instantIn.optional() })
      .optional(),
    onSite: z.strictObject({ ...measuredIn, depthM: z.number().min(0).max(100).optional() }).optional(),
    ventilated: z.strictObject({ before: z.number(), after: z.number(), unit: lineIn(16) }).optional(),
    attachments: z
      .array(z.string().regex(/^[0-9a-f]{64}$/))
      .max(20)
      .optional(),
    ownerCalled: z.strictObject({ name: lineIn(64), at: instantIn.optional() }).optional(),
    nextStep: z.enum(NEXT_STEPS).optional(),
    watchUntil: instantIn.optional(),
    duplicateOf: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/)
      .optional(),
    second: lineIn(64).optional().describe('a second person who judged too'),
  })
  .meta({ id: 'AssessForm' });
export const assessBody = z
  .strictObject({
    verdict: z.enum(VERDICTS),
    note: noteIn.nullish(),
    confidence: z.enum(CONFIDENCES).optional(),
    cause: z.enum(REAL_CAUSES).optional().describe('of what is real'),
    form: formIn.optional(),
    seenRevision: seenToo,
    second: secondPersonIn.describe(
      'a second person who may assess too, where the house wants one to judge level 1 to be no danger; kept as `form.second`',
    ),
    commandId,
  })
  .meta({ id: 'Assess' });
export const noteBody = z
  .strictObject({ text: noteIn, seenRevision: seenToo, commandId })
  .meta({ id: 'Note' });

export const commands = {
  acknowledge: (b: z.output<typeof acknowledgeBody>, by: Actor): OperatorCommand => ({
    do: 'acknowledge',
    by,
    seenRevision: b.seenRevision,
    note: b.note ?? null,
    commandId: as.command(b.commandId),
  }),
  shelve: (b: z.output<typeof shelveBody>, by: Actor, second: string | null): OperatorCommand => ({
    do: 'shelve',
    by,
    until: b.until,
    reason: b.reason,
    ...(b.seenRevision === undefined ? {} : { seenRevision: b.seenRevision }),
    ...(second === null ? {} : { second }),
    commandId: as.command(b.commandId),
  }),
  unshelve: (b: z.output<typeof unshelveBody>, by: Actor): OperatorCommand => ({
    do: 'unshelve',
    by,
    commandId: as.command(b.commandId),
  }),
  reset: (b: z.output<typeof resetBody>, by: Actor): OperatorCommand => ({
    do: 'reset',
    by,
    note: b.note ?? null,
    commandId: as.command(b.commandId),
  }),
  assess: (
    b: z.output<typeof assessBody>,
    by: Actor,
    { readings, second }: { readonly readings: readonly ReadingSeen[]; readonly second: string | null },
  ): OperatorCommand => ({
    do: 'assess',
    by,
    verdict: b.verdict,
    note: b.note ?? null,
    ...(b.confidence === undefined ? {} : { confidence: b.confidence }),
    ...(b.cause === undefined ? {} : { cause: b.cause }),
    ...(b.form === undefined ? {} : { form: b.form as unknown as AssessmentForm }),
    ...(readings.length === 0 ? {} : { readings }),
    ...(second === null ? {} : { second }),
    commandId: as.command(b.commandId),
  }),
  note: (b: z.output<typeof noteBody>, by: Actor): OperatorCommand => ({
    do: 'note',
    by,
    text: b.text,
    commandId: as.command(b.commandId),
  }),
};

/** One event of an alarm's story. Fields beyond the head are there where they mean something for the event. */
export const alarmEventOut = z
  .object({
    seq: z.number().int(),
    alarmId: z.string(),
    revision: z.number().int(),
    event: alarmEventKind,
    at: instantOut,
    by: z.string(),
    account: z.string().nullable().describe('null: the service itself'),
    level: z.number().int().optional(),
    value: z.number().nullable().optional(),
    unit: z.string().optional(),
    limit: z.number().optional().describe('the limit that was crossed, as it was then'),
    side: z.enum(['above', 'below']).optional(),
    ruleVersion: z.number().int().optional(),
    observedAt: instantOut.optional(),
    late: z.boolean().optional(),
    ...doubtOut,
    worst: z
      .object({ value: z.number().nullable(), level: z.number().int(), at: instantOut, ...doubtOut })
      .nullable()
      .optional(),
    note: z.string().nullable().optional(),
    until: instantOut.optional(),
    reason: z.string().optional(),
    verdict: z.string().optional(),
    confidence: z.string().optional(),
    cause: z.string().optional(),
  })
  .meta({ id: 'AlarmEvent' });
export type AlarmEventJson = z.infer<typeof alarmEventOut>;

export function alarmEventJson(seq: number, e: AlarmEvent): AlarmEventJson {
  return {
    seq,
    alarmId: e.alarmId,
    revision: e.revision,
    event: e.change.kind,
    at: iso(e.at),
    by: actorName(e.by),
    account: e.by.kind === 'operator' ? e.by.account : null,
    ...particulars(e.change),
  };
}

function particulars(c: AlarmChange): Partial<AlarmEventJson> {
  switch (c.kind) {
    case 'raised':
    case 'escalated':
    case 'recurred':
      return breachJson(c.breach);
    case 'returned':
    case 'closed':
      return { worst: worstJson(c.worst) };
    case 'acknowledged':
    case 'reset':
      return { note: c.note };
    case 'shelved':
      return { until: iso(c.until), reason: c.reason };
    case 'unshelved':
    case 'suppressed':
      return { reason: c.because };
    case 'outOfService':
      return { reason: c.reason };
    case 'returnedToService':
      return c.because === undefined ? {} : { reason: c.because };
    case 'assessed':
      return {
        verdict: c.verdict,
        note: c.note,
        ...(c.confidence === undefined ? {} : { confidence: c.confidence }),
        ...(c.cause === undefined ? {} : { cause: c.cause }),
      };
    case 'noted':
      return { note: c.text };
    case 'realarmed':
    case 'unsuppressed':
    case 'interrupted':
    case 'resumed':
      return {};
    default:
      return unreachable(c);
  }
}

const breachJson = (b: Breach): Partial<AlarmEventJson> => ({
  level: b.level,
  value: b.value,
  unit: b.unit,
  ...crossed(b.limit, b.value),
  ...(b.ruleVersion === undefined ? {} : { ruleVersion: b.ruleVersion }),
  observedAt: iso(b.observedAt),
  late: b.late,
  ...doubtJson(b),
});

const worstJson = (w: WorstSeen) => w && { value: w.value, level: w.level, at: iso(w.at), ...doubtJson(w) };

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  real: '属实',
  biogas: '沼气',
  works: '施工作业',
  test: '测试',
  instrument: '设备故障',
  environment: '环境干扰',
  duplicate: '重复',
  unclear: '待查',
  false: '误报',
};

/** What a row of a file is made of: the alarm, and whose device measures there now. */
export type FiledAlarm = { readonly alarm: AlarmJson; readonly vendor: string | null };

type Column = {
  readonly head: string;
  /** In characters. */
  readonly width: number;
  readonly of: (row: FiledAlarm) => string | number | null;
  readonly isInstant?: true;
};

const text = (
  head: string,
  width: number,
  of: (a: AlarmJson) => string | number | null | undefined,
): Column => ({ head, width, of: ({ alarm }) => of(alarm) ?? null });
const instant = (head: string, of: (a: AlarmJson) => string | undefined): Column => ({
  ...text(head, 20, of),
  isInstant: true,
});

/** For people who file what happened: a row for each alarm, seconds to its acknowledgement among them. */
const COLUMNS: readonly Column[] = [
  text('编号', 28, (a) => a.id),
  text('等级', 6, (a) => a.level),
  text('专项', 14, (a) => a.lifeline),
  text('区域编码', 12, (a) => a.areaCode),
  text('监测点编码', 16, (a) => a.pointCode),
  text('监测点', 28, (a) => a.pointName),
  text('规则', 24, (a) => a.ruleName.zh),
  text('指标', 12, (a) => a.metric),
  text('触发值', 10, (a) => a.trigger.value),
  text('限值', 10, (a) => a.trigger.limit),
  text('单位', 10, (a) => a.trigger.unit),
  text('状态', 8, (a) => (a.closedAt === undefined ? '未解除' : '已解除')),
  instant('发生时间', (a) => a.raisedAt),
  instant('解除时间', (a) => a.closedAt),
  text('确认人', 12, (a) => a.ack?.by),
  instant('确认时间', (a) => a.ack?.at),
  text('确认用时（秒）', 14, (a) =>
    a.ack === undefined ? null : Math.round((Date.parse(a.ack.at) - Date.parse(a.raisedAt)) / 1_000),
  ),
  text('研判结论', 10, (a) => (a.assessment === undefined ? null : VERDICT_WORDS[a.assessment.verdict])),
  text('研判人', 12, (a) => a.assessment?.by),
  text('研判说明', 40, (a) => a.assessment?.note),
  { head: '设备厂家', width: 16, of: (row) => row.vendor },
];

export const ALARMS_CSV_HEADER = csvLine(COLUMNS.map((c) => c.head));
export const alarmLine = (row: FiledAlarm): string => csvLine(COLUMNS.map((c) => c.of(row)));

export const ALARMS_SHEET = COLUMNS.map(({ head, width }) => ({ head, width }));
export const alarmCells = (row: FiledAlarm): readonly (string | number | null | { readonly at: number })[] =>
  COLUMNS.map((c) => {
    const value = c.of(row);
    return c.isInstant === true && typeof value === 'string' ? { at: Date.parse(value) } : value;
  });
