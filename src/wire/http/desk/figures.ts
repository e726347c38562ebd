import { z } from 'zod';
import { isFalseVerdict } from '../../../domain/alarm/assessment.ts';
import { type AlarmJson, iso } from '../../alarm.ts';
import { alarmsExportQuery } from '../alarms.ts';
import { route } from '../route.ts';
import { instantOut } from '../shapes.ts';

const count = z.number().int();
const levelsOut = z
  .object({ 1: count, 2: count, 3: count, 4: count })
  .describe('how many of each level, 1 the gravest');

export const figuresOut = z
  .object({
    total: count,
    isWhole: z.boolean().describe('false: there are more than are counted, the newest are'),
    levels: levelsOut,
    unacked: count,
    falseOnes: count.describe('judged to be none: 误报, 设备故障, 环境干扰'),
    medianAckS: z.number().nullable().describe('seconds to the acknowledgement; null: none was'),
    p95AckS: z.number().nullable(),
    days: z.array(z.object({ day: z.iso.date(), levels: levelsOut })).describe('of Beijing, oldest first'),
    hours: z
      .array(z.object({ at: instantOut, levels: levelsOut }))
      .describe('the same by hour, where they are of few days; else none'),
    lifelines: z.array(z.object({ lifeline: z.string(), total: count })).describe('most first'),
  })
  .meta({ id: 'AlarmFigures' });
type AlarmFigures = z.infer<typeof figuresOut>;

/** The alarms that a question finds, counted; and as a workbook. */
export const FIGURE_ROUTES = {
  alarmFigures: route({
    method: 'GET',
    path: '/api/v1/alarms/figures',
    who: 'session',
    tag: 'alarms',
    does: {
      zh: '报警统计：等级、日历、确认用时；条件同报警查询',
      en: 'Alarms counted: by level and day, time to acknowledge; asked as the list is',
    },
    act: { zh: '统计报警', en: 'Count alarms' },
    right: 'picture.see',
    audited: false,
    query: alarmsExportQuery,
    answer: { status: 200, type: 'json', schema: figuresOut },
  }),
  alarmsXlsx: route({
    method: 'GET',
    path: '/api/v1/alarms.xlsx',
    who: 'session',
    tag: 'alarms',
    does: {
      zh: '导出报警为 Excel 工作簿，新的在前；文本不会成为公式',
      en: 'Alarms as a workbook, newest first; text is never a formula',
    },
    act: { zh: '导出报警（Excel）', en: 'Export alarms as a workbook' },
    right: 'data.export',
    audited: true,
    query: alarmsExportQuery,
    answer: { status: 200, type: 'workbook' },
  }),
} as const;

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** More of them are read by day. */
const DAYS_BY_HOUR = 4;
const BEIJING = 8 * 3_600_000;

type Levels = z.infer<typeof levelsOut>;
const noLevels = (): Levels => ({ 1: 0, 2: 0, 3: 0, 4: 0 });

/** Counts alarms one by one: what is counted is not kept. */
export class AlarmCount {
  readonly #levels = noLevels();
  readonly #days = new Map<string, Levels>();
  readonly #hours = new Map<number, Levels>();
  readonly #lifelines = new Map<string, number>();
  readonly #toAck: number[] = [];
  #total = 0;
  #unacked = 0;
  #false = 0;

  get total(): number {
    return this.#total;
  }

  take(a: Pick<AlarmJson, 'level' | 'raisedAt' | 'lifeline' | 'ack' | 'phase' | 'assessment'>): void {
    this.#total += 1;
    this.#levels[a.level] += 1;
    const raised = Date.parse(a.raisedAt);
    const day = new Date(Math.floor((raised + BEIJING) / DAY) * DAY).toISOString().slice(0, 10);
    const levels = this.#days.get(day) ?? noLevels();
    levels[a.level] += 1;
    this.#days.set(day, levels);
    const hour = Math.floor(raised / HOUR) * HOUR;
    const inHour = this.#hours.get(hour) ?? noLevels();
    inHour[a.level] += 1;
    this.#hours.set(hour, inHour);
    this.#lifelines.set(a.lifeline, (this.#lifelines.get(a.lifeline) ?? 0) + 1);
    if (a.phase.endsWith('-unacked')) this.#unacked += 1;
    if (a.ack !== undefined) this.#toAck.push(Math.max(0, Date.parse(a.ack.at) - raised) / 1_000);
    if (a.assessment !== undefined && isFalseVerdict(a.assessment.verdict)) this.#false += 1;
  }

  figures(isWhole: boolean): AlarmFigures {
    const times = this.#toAck.sort((a, b) => a - b);
    return {
      total: this.#total,
      isWhole,
      levels: this.#levels,
      unacked: this.#unacked,
      falseOnes: this.#false,
      medianAckS: at(times, 0.5),
      p95AckS: at(times, 0.95),
      days: [...this.#days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, levels]) => ({ day, levels })),
      hours:
        this.#days.size > DAYS_BY_HOUR
          ? []
          : [...this.#hours].sort(([a], [b]) => a - b).map(([at, levels]) => ({ at: iso(at), levels })),
      lifelines: [...this.#lifelines]
        .sort(([, a], [, b]) => b - a)
        .map(([lifeline, total]) => ({ lifeline, total })),
    };
  }
}

/** The value below which so much of them lies; `null`: there are none. */
const at = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
