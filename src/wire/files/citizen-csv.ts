import type { z } from 'zod';
import type {
  CitizenEntry,
  CitizenKind,
  CitizenOutcome,
  CitizenState,
} from '../../domain/citizen/citizen-report.ts';
import { maskedWords } from '../../domain/citizen/masks.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { Millis } from '../../domain/time.ts';
import { iso } from '../alarm.ts';
import { citizenFields, citizenTake } from '../http/citizens/citizens.ts';
import { csvLine, unguard } from './csv.ts';
import { instantOf } from './instant-cell.ts';

/** Reports of citizens as a file: one a row. Chinese heads, as the hotlines' own tables have them. */
const COLUMNS = [
  ['externalNo', '诉求编号'],
  ['receivedAt', '受理时间'],
  ['kind', '诉求类型'],
  ['category', '问题分类'],
  ['text', '诉求内容'],
  ['place', '地点'],
  ['lon', '经度'],
  ['lat', '纬度'],
  ['area', '区域编码'],
  ['lifeline', '专项'],
  ['caller', '来电人'],
  ['phone', '联系电话'],
  ['dueAt', '办理期限'],
  ['source', '来源'],
] as const;
export type CitizenColumn = (typeof COLUMNS)[number][0];
const NEEDED: readonly CitizenColumn[] = ['externalNo', 'receivedAt', 'text'];

// As tables of hotlines call them.
const ALSO: ReadonlyMap<string, CitizenColumn> = new Map([
  ['工单编号', 'externalNo'],
  ['编号', 'externalNo'],
  ['来电时间', 'receivedAt'],
  ['反映时间', 'receivedAt'],
  ['类型', 'kind'],
  ['分类', 'category'],
  ['问题类别', 'category'],
  ['内容', 'text'],
  ['问题描述', 'text'],
  ['反映内容', 'text'],
  ['地址', 'place'],
  ['事发地址', 'place'],
  ['区域', 'area'],
  ['姓名', 'caller'],
  ['联系人', 'caller'],
  ['电话', 'phone'],
  ['手机', 'phone'],
  ['来电号码', 'phone'],
  ['截止时间', 'dueAt'],
]);
/** As the docs list them. */
export const CITIZEN_COLUMNS = COLUMNS.map(([key, zh]) => ({
  key,
  zh,
  also: [...ALSO].flatMap(([name, column]) => (column === key ? [name] : [])),
  needed: NEEDED.includes(key),
}));
export const CITIZEN_KIND_WORDS: Readonly<Record<CitizenKind, string>> = {
  question: '咨询',
  help: '求助',
  complaint: '投诉',
  suggestion: '建议',
  other: '其他',
};
const KINDS: ReadonlyMap<string, CitizenKind> = new Map([
  ...(Object.entries(CITIZEN_KIND_WORDS) as [CitizenKind, string][]).flatMap(
    ([kind, zh]): [string, CitizenKind][] => [
      [zh, kind],
      [kind, kind],
    ],
  ),
  ['举报', 'complaint'],
  ['意见', 'suggestion'],
]);

export type CitizenRowError = {
  readonly column: CitizenColumn | null;
  readonly code: string;
  readonly say: Bilingual;
};
export type CitizenHeader = readonly (CitizenColumn | null)[];
export type CitizenDraft = z.output<typeof citizenTake>;

const bad = (column: CitizenColumn | null, code: string, zh: string, en: string): CitizenRowError => ({
  column,
  code,
  say: { zh, en },
});

export function readCitizenHeader(
  cells: readonly string[],
): { readonly header: CitizenHeader } | { readonly error: CitizenRowError } {
  const header = cells.map((cell): CitizenColumn | null => {
    const name = cell.trim();
    return COLUMNS.find(([key, zh]) => key === name || zh === name)?.[0] ?? ALSO.get(name) ?? null;
  });
  for (const [column, zh] of COLUMNS) {
    const times = header.filter((c) => c === column).length;
    if (times === 0 && NEEDED.includes(column))
      return {
        error: bad(column, 'no-such-column', `表头缺少“${zh}”一列`, `the header lacks the column ${column}`),
      };
    if (times > 1)
      return {
        error: bad(column, 'column-twice', `表头中“${zh}”出现两次`, `the column ${column} is there twice`),
      };
  }
  return { header };
}

const RIGHT: Readonly<Record<CitizenColumn, Bilingual>> = {
  externalNo: { zh: '须为热线编号，至多 64 字', en: 'must be the number at the hotline, 64 signs at most' },
  receivedAt: {
    zh: '须为 2026-01-31 08:00（北京时间）或带时区的 ISO 8601 时间',
    en: 'must be 2026-01-31 08:00 (Beijing time) or an ISO 8601 time with its offset',
  },
  kind: {
    zh: '须为咨询、求助、投诉、建议、其他之一',
    en: 'must be question, help, complaint, suggestion or other',
  },
  category: { zh: '至多 64 字', en: '64 signs at most' },
  text: { zh: '须填写，至多 2000 字', en: 'must be there, 2,000 signs at most' },
  place: { zh: '至多 200 字', en: '200 signs at most' },
  lon: { zh: '须为 -180 至 180 的度数，与纬度同填', en: 'must be degrees, -180 to 180, with the latitude' },
  lat: { zh: '须为 -90 至 90 的度数，与经度同填', en: 'must be degrees, -90 to 90, with the longitude' },
  area: { zh: '须为区域编码，如 341602', en: 'must be the code of an area, such as 341602' },
  lifeline: { zh: '须为专项的名称或键', en: 'must be the name or the key of a lifeline' },
  caller: { zh: '至多 64 字', en: '64 signs at most' },
  phone: {
    zh: '须为 3 至 32 位数字，可含 + ( ) - 与空格',
    en: 'must be 3 to 32 digits, with + ( ) - and spaces',
  },
  dueAt: {
    zh: '须为 2026-01-31 08:00（北京时间）或带时区的 ISO 8601 时间',
    en: 'must be 2026-01-31 08:00 (Beijing time) or an ISO 8601 time with its offset',
  },
  source: { zh: '至多 32 字', en: '32 signs at most' },
};

/** @param lifelines key by name */
export function readCitizenRow(
  header: CitizenHeader,
  cells: readonly string[],
  lifelines: ReadonlyMap<string, string>,
): { readonly draft: CitizenDraft | null; readonly errors: readonly CitizenRowError[] } {
  const errors: CitizenRowError[] = [];
  const wrong = (column: CitizenColumn) => {
    if (!errors.some((e) => e.column === column))
      errors.push({ column, code: `${column}-bad`, say: RIGHT[column] });
  };
  const given: Partial<Record<CitizenColumn, unknown>> = {};
  header.forEach((column, i) => {
    const text = unguard((cells[i] ?? '').trim()).trim();
    if (column === null || text === '') return;
    given[column] = cellValue(column, text, lifelines);
    if (given[column] === undefined) wrong(column);
  });
  for (const column of NEEDED) if (given[column] === undefined) wrong(column);
  if (errors.length > 0) return { draft: null, errors };
  const read = citizenTake.safeParse(given);
  if (read.success) return { draft: read.data, errors };
  for (const issue of read.error.issues) wrong((issue.path[0] ?? 'text') as CitizenColumn);
  return { draft: null, errors };
}

/** As a body has it; `undefined`: it is none. */
function cellValue(column: CitizenColumn, text: string, lifelines: ReadonlyMap<string, string>): unknown {
  switch (column) {
    case 'receivedAt':
    case 'dueAt': {
      const t = instantOf(text);
      return t === null ? undefined : new Date(t).toISOString();
    }
    case 'lon':
    case 'lat':
      return /^-?\d{1,3}(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
    case 'kind':
      return KINDS.get(text);
    case 'lifeline':
      return lifelines.get(text) ?? (citizenFields.lifeline.safeParse(text).success ? text : undefined);
    default:
      return citizenFields[column].safeParse(text).success ? text : undefined;
  }
}

const STATES: Readonly<Record<CitizenState, string>> = {
  received: '待处理',
  matched: '已关联',
  assigned: '已派工单',
  answered: '已答复',
  closed: '已办结',
  rejected: '已退回',
  duplicate: '已并案',
};
const OUTCOMES: Readonly<Record<CitizenOutcome, string>> = {
  satisfied: '满意',
  dissatisfied: '不满意',
  'not-reached': '未联系上',
  'not-asked': '未回访',
};

export const CITIZENS_CSV_HEADER = csvLine([
  ...COLUMNS.map(([, zh]) => zh),
  ...['状态', '监测点', '报警', '事件', '工单', '答复时间', '答复', '回访结果'],
]);

/** A row of what is taken away: what is personal is masked. */
export function citizenLine({ report: r, words }: CitizenEntry): string {
  const shown = words === null ? null : maskedWords(words);
  const when = (t: Millis | null) => (t === null ? null : iso(t));
  return csvLine([
    ...[
      r.no,
      iso(r.calledAt),
      CITIZEN_KIND_WORDS[r.kind],
      r.category,
      shown?.text ?? null,
      shown?.place ?? null,
    ],
    ...[
      r.lon,
      r.lat,
      r.area,
      r.lifeline,
      shown?.caller ?? null,
      shown?.phone ?? null,
      iso(r.dueAt),
      r.source,
    ],
    ...[STATES[r.state], r.points.join(' '), r.alarms.join(' '), r.incident, r.order, when(r.answeredAt)],
    ...[shown?.answer ?? null, r.outcome === null ? null : OUTCOMES[r.outcome]],
  ]);
}
