import type { Metric } from '../metric.ts';
import type { Limit, Rule, Step } from '../rule.ts';
import type { Bilingual } from '../text.ts';
import { type Duration, days } from '../time.ts';
import type { StepChange } from './change.ts';
import { limitParts } from './effective.ts';

/** A delay longer than a week is a slip of the unit. */
const DELAY_AT_MOST: Duration = days(7);

/** What is wrong with a change as it was written, before it is laid over anything. One sentence each. */
export function changeFlaws(rule: Rule, steps: readonly StepChange[]): readonly Bilingual[] {
  const flaws: Bilingual[] = [];
  const levels = rule.steps.map((s) => s.level);
  const seen = new Set<number>();
  for (const c of steps) {
    const step = rule.steps.find((s) => s.level === c.level);
    if (step === undefined) {
      flaws.push({
        zh: `该规则没有 ${c.level} 级；可修改的等级：${levels.join('、')}`,
        en: `The rule has no step of level ${c.level}; its levels are ${levels.join(', ')}.`,
      });
      continue;
    }
    if (seen.has(c.level))
      flaws.push({
        zh: `${c.level} 级出现两次；每级只写一次`,
        en: `Level ${c.level} is there twice; write each level once.`,
      });
    seen.add(c.level);
    flaws.push(...numberFlaws(c, step));
  }
  return flaws;
}

function numberFlaws(c: StepChange, step: Step): Bilingual[] {
  const flaws: Bilingual[] = [];
  if (c.limit != null) {
    const known = Object.keys(limitParts(step.limit));
    const given = Object.keys(c.limit);
    const strange = given.filter((k) => !known.includes(k));
    if (strange.length > 0 || given.length === 0)
      flaws.push({
        zh: `${c.level} 级限值应写 ${known.join('、')}，而不是 ${strange.join('、') || '空'}`,
        en: `The limit of level ${c.level} is made of ${known.join(', ')}, not of ${strange.join(', ') || 'nothing'}.`,
      });
    if (!Object.values(c.limit).every(Number.isFinite))
      flaws.push({
        zh: `${c.level} 级限值须为有限数`,
        en: `The limit of level ${c.level} must be a number.`,
      });
  }
  if (c.deadband != null && !(c.deadband >= 0 && Number.isFinite(c.deadband)))
    flaws.push({
      zh: `${c.level} 级回差须为 0 或正数`,
      en: `The deadband of level ${c.level} must be 0 or more.`,
    });
  for (const [field, zh, en] of [
    ['onDelay', '报警延时', 'on-delay'],
    ['offDelay', '恢复延时', 'off-delay'],
  ] as const) {
    const v = c[field];
    if (v != null && !(Number.isInteger(v) && v >= 0 && v <= DELAY_AT_MOST))
      flaws.push({
        zh: `${c.level} 级${zh}须为 0 至 ${DELAY_AT_MOST} 毫秒（7 天）的整数`,
        en: `The ${en} of level ${c.level} must be whole milliseconds, 0 to ${DELAY_AT_MOST} (7 days).`,
      });
  }
  return flaws;
}

/** What makes no sense in a rule as it would be judged by. One sentence each, saying what would be right. */
export function ruleFlaws(rule: Rule, metric: Metric | null): readonly Bilingual[] {
  const flaws = [...judgesFlaws(rule, metric), ...rule.steps.flatMap((s) => stepFlaws(rule, s, metric))];
  for (let i = 1; i < rule.steps.length; i++) {
    const [milder, graver] = [rule.steps[i - 1] as Step, rule.steps[i] as Step];
    if (!isFarther(graver.limit, milder.limit))
      flaws.push({
        zh: `${graver.level} 级限值（${limitText(graver.limit)}）须比 ${milder.level} 级（${limitText(milder.limit)}）更严重：${wantsFarther(milder.limit).zh}`,
        en: `The limit of level ${graver.level} (${limitText(graver.limit)}) must lie farther out than that of level ${milder.level} (${limitText(milder.limit)}): ${wantsFarther(milder.limit).en}.`,
      });
  }
  return flaws;
}

/** A word on the readings that a rule judges must have readings to be about. */
export function judgesFlaws({ judges, signal }: Rule, metric: Metric | null): Bilingual[] {
  if (judges === undefined || judges === 'good') return [];
  if (signal.of === 'silentFor')
    return [
      {
        zh: `该规则看的是有无数据，不看读数质量：judges 只能为 good，不能为 ${judges}`,
        en: `The rule watches silence, whatever the quality of what is heard: judges can only be good, not ${judges}.`,
      },
    ];
  const byRules =
    signal.of === 'count'
      ? signal.occurrence.by === 'rule'
      : signal.of === 'together' && signal.members.every((m) => m.holds.by === 'rule');
  if (byRules)
    return [
      {
        zh: `该规则只看其他规则是否成立：judges 请改在那些规则上，此处只能为 good`,
        en: 'The rule goes by what other rules say: set judges on those; here it can only be good.',
      },
    ];
  if (signal.of === 'unchangedFor' && judges === 'strictly-good')
    return [
      {
        zh: '该规则看的正是读数不变：strictly-good 会略去疑似卡滞的读数，永远不会报警；应为 good 或 measured',
        en: 'The rule watches for what stands still: strictly-good leaves out readings that seem stuck, and it would never take hold; good or measured would be right.',
      },
    ];
  if (signal.of === 'night' && signal.to <= signal.from)
    return [
      {
        zh: `夜间从 ${signal.from} 时到 ${signal.to} 时：止须晚于起`,
        en: `The night is from ${signal.from} to ${signal.to}: it must end after it begins.`,
      },
    ];
  if (metric?.feature !== undefined && signal.of !== 'together')
    return [
      {
        zh: '该指标由波形计算，不可信的采样已先剔除，其特征值都是 good：judges 只能为 good',
        en: 'The metric is cut from a waveform without its impossible samples, and is always good: judges can only be good.',
      },
    ];
  return [];
}

function stepFlaws(rule: Rule, step: Step, metric: Metric | null): Bilingual[] {
  const flaws: Bilingual[] = [];
  const { min, max } = boundsOf(rule, metric);
  const { limit, deadband, level } = step;
  for (const [name, value] of Object.entries(limitParts(limit))) {
    if (value < min || value > max)
      flaws.push({
        zh: `${level} 级限值 ${name}=${value} 超出该指标物理量程；应在 ${min} 至 ${max} ${rule.unit} 之间`,
        en: `The limit of level ${level}, ${name} ${value}, is outside what can be measured; between ${min} and ${max} ${rule.unit} would be right.`,
      });
  }
  if (limit.is === 'outside' && limit.low >= limit.high)
    flaws.push({
      zh: `${level} 级下限 ${limit.low} 须小于上限 ${limit.high}`,
      en: `In level ${level} the low limit ${limit.low} must be less than the high limit ${limit.high}.`,
    });
  const room = wayBack(limit, min, max);
  if (flaws.length === 0 && !(deadband < room))
    flaws.push({
      zh: `${level} 级回差 ${deadband} 过大，报警将无法恢复；须小于 ${room} ${rule.unit}`,
      en: `With a deadband of ${deadband}, level ${level} could never return to normal; less than ${room} ${rule.unit} would be right.`,
    });
  return flaws;
}

/** How far a signal can come back from the limit at most. */
function wayBack(limit: Limit, min: number, max: number): number {
  if (limit.is === 'above') return limit.limit - min;
  if (limit.is === 'below') return max - limit.limit;
  if (limit.is === 'outside') return (limit.high - limit.low) / 2 + Number.EPSILON;
  return Infinity;
}

/** Only of the reading itself is the range known; of what is made of it the pack says nothing. */
function boundsOf(rule: Rule, metric: Metric | null): { min: number; max: number } {
  if (rule.signal.of !== 'value' || metric === null) return { min: -Infinity, max: Infinity };
  if (metric.kind === 'flag') return { min: 0, max: 1 };
  return metric.range ?? { min: -Infinity, max: Infinity };
}

function isFarther(a: Limit, b: Limit): boolean {
  if (a.is === 'above' && b.is === 'above') return a.limit > b.limit;
  if (a.is === 'below' && b.is === 'below') return a.limit < b.limit;
  if (a.is === 'outside' && b.is === 'outside')
    return a.low <= b.low && a.high >= b.high && (a.low < b.low || a.high > b.high);
  return true;
}

const wantsFarther = (l: Limit): Bilingual =>
  l.is === 'above'
    ? { zh: '应更大', en: 'greater would be right' }
    : l.is === 'below'
      ? { zh: '应更小', en: 'smaller would be right' }
      : { zh: '应更宽', en: 'wider would be right' };

const limitText = (l: Limit): string => Object.values(limitParts(l)).join('…');
