import type { Bilingual } from '../text.ts';
import type { Millis } from '../time.ts';

export type RiskInput = string | number | boolean;

export const RISK_PART_KEYS = [
  'builtYear',
  'material',
  'pressureMpa',
  'realAlarms',
  'openDefects',
  'worksNow',
  'people',
  'spaceM3',
  'traffic',
  'criticalUser',
] as const;
export type RiskPartKey = (typeof RISK_PART_KEYS)[number];

/** How well a material lasts: good ones first. What is none of these is not guessed. */
export const MATERIALS = ['pe', 'ductile-iron', 'steel', 'concrete', 'cast-iron'] as const;
/** 交通: what runs over it. */
export const TRAFFIC = ['none', 'local', 'main', 'arterial'] as const;

type PartSpec = {
  readonly key: RiskPartKey;
  readonly side: 'likelihood' | 'consequence';
  readonly counts: 'base' | 'adds';
  readonly name: Bilingual;
  /** Attributes of an asset in the register by which it may be known, first first. */
  readonly attributes: readonly string[];
  /** An attribute's text as an input; `null`: it says nothing that we know. */
  read(text: string): RiskInput | null;
  /** 1 … 5, or how much it adds; `null`: that is no input for it. */
  scoreOf(input: RiskInput, now: Millis): number | null;
};

const number = (text: string): number | null => {
  const found = /-?\d+(\.\d+)?/.exec(text);
  return found === null ? null : Number(found[0]);
};
/** @param from least value of the score 2, 3, 4, 5 */
const byBounds = (value: RiskInput, from: readonly [number, number, number, number]): number | null =>
  typeof value !== 'number' || value < 0 ? null : 1 + from.filter((bound) => value >= bound).length;
const nothing = (): null => null;

const MATERIAL_WORDS: readonly (readonly [pattern: RegExp, material: (typeof MATERIALS)[number]])[] = [
  [/^(pe|聚乙烯)/i, 'pe'],
  [/球墨|ductile/i, 'ductile-iron'],
  [/灰口|铸铁|cast/i, 'cast-iron'],
  [/钢筋|混凝土|concrete/i, 'concrete'],
  [/钢|steel/i, 'steel'],
];

/**
 * What the two scores are made of (docs/plan/response.md E). All bounds are ours, derived: authors of Kent-type scorings call such weights
 * subjective and to be fitted locally, so that each part is shown beside the score.
 */
export const RISK_PARTS: readonly PartSpec[] = [
  {
    key: 'builtYear',
    side: 'likelihood',
    counts: 'base',
    name: { zh: '建成年份', en: 'built in' },
    attributes: ['builtYear', '年代', '建成年份', '敷设年代'],
    read: number,
    scoreOf: (year, now) =>
      typeof year !== 'number' || year < 1850
        ? null
        : byBounds(Math.max(0, new Date(now).getUTCFullYear() - year), [10, 15, 20, 30]),
  },
  {
    key: 'material',
    side: 'likelihood',
    counts: 'base',
    name: { zh: '材质', en: 'material' },
    attributes: ['material', '材质', '管材'],
    read: (text) => MATERIAL_WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? null,
    scoreOf: (material) => {
      const at = MATERIALS.indexOf(material as (typeof MATERIALS)[number]);
      return at < 0 ? null : at + 1;
    },
  },
  {
    key: 'pressureMpa',
    side: 'likelihood',
    counts: 'base',
    name: { zh: '压力（MPa）', en: 'pressure (MPa)' },
    attributes: ['pressureMpa', '设计压力', '压力'],
    read: number,
    scoreOf: (mpa) => byBounds(mpa, [0.01, 0.2, 0.4, 1.6]),
  },
  {
    key: 'realAlarms',
    side: 'likelihood',
    counts: 'adds',
    name: { zh: '近 12 个月判为真实的报警', en: 'alarms judged real in 12 months' },
    attributes: [],
    read: nothing,
    scoreOf: (n) => (typeof n === 'number' ? (n >= 3 ? 2 : n >= 1 ? 1 : 0) : null),
  },
  {
    key: 'openDefects',
    side: 'likelihood',
    counts: 'adds',
    name: { zh: '未消除的隐患', en: 'open defects' },
    attributes: ['openDefects', '隐患数'],
    read: number,
    scoreOf: (n) => (typeof n === 'number' && n >= 0 ? (n >= 1 ? 1 : 0) : null),
  },
  {
    key: 'worksNow',
    side: 'likelihood',
    counts: 'adds',
    name: { zh: '正在施工或作业', en: 'works going on' },
    attributes: [],
    read: nothing,
    scoreOf: (is) => (typeof is === 'boolean' ? (is ? 1 : 0) : null),
  },
  {
    key: 'people',
    side: 'consequence',
    counts: 'base',
    name: { zh: '影响范围内人数', en: 'people within reach' },
    attributes: ['people', '影响人数'],
    read: number,
    scoreOf: (n) => byBounds(n, [30, 100, 300, 1_000]),
  },
  {
    key: 'spaceM3',
    side: 'consequence',
    counts: 'base',
    name: { zh: '相邻密闭空间（m³）', en: 'closed space beside it (m³)' },
    attributes: ['spaceM3', '相邻空间'],
    read: number,
    scoreOf: (m3) => byBounds(m3, [1, 5, 20, 100]),
  },
  {
    key: 'traffic',
    side: 'consequence',
    counts: 'base',
    name: { zh: '交通', en: 'traffic' },
    attributes: ['traffic', '道路等级'],
    read: (text) => (TRAFFIC.find((t) => t === text) as RiskInput | undefined) ?? null,
    scoreOf: (t) => {
      const at = TRAFFIC.indexOf(t as (typeof TRAFFIC)[number]);
      return at < 0 ? null : at + 1;
    },
  },
  {
    key: 'criticalUser',
    side: 'consequence',
    counts: 'base',
    name: { zh: '重要用户（学校、医院等）', en: 'a critical user (school, hospital)' },
    attributes: ['criticalUser', '重要用户'],
    read: (text) =>
      /^(是|有|true|yes)$/i.test(text) ? true : /^(否|无|false|no)$/i.test(text) ? false : null,
    scoreOf: (is) => (typeof is === 'boolean' ? (is ? 5 : 1) : null),
  },
];
