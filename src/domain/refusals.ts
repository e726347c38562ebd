import type { Bilingual } from './metric.ts';

/**
 * Refusals 拒绝: answers to an operator who asked for something that cannot be done. Stable codes; the
 * HTTP status stands beside because the edge must not invent it. The docs list exactly these (test).
 */
export const REFUSALS = {
  'alarm-unknown': { status: 404, say: { zh: '没有这条报警', en: 'There is no such alarm.' } },
  'point-unknown': { status: 404, say: { zh: '没有这个监测点', en: 'There is no such point.' } },
  'already-acknowledged': {
    status: 409,
    say: { zh: '已由他人确认', en: 'Somebody has acknowledged it already.' },
  },
  'seen-too-old': {
    status: 409,
    say: {
      zh: '您看到之后等级已升高，请重新查看后再确认',
      en: 'The level has risen since what you saw: look again, then acknowledge.',
    },
  },
  'seen-unknown': {
    status: 409,
    say: {
      zh: '该版本尚不存在，请刷新后再确认',
      en: 'There is no such revision yet: reload, then acknowledge.',
    },
  },
  'not-acknowledged': {
    status: 409,
    say: { zh: '须先确认才能复位', en: 'It must be acknowledged before it is reset.' },
  },
  'not-latched': {
    status: 409,
    say: { zh: '该报警无需复位', en: 'This alarm is not latched: there is nothing to reset.' },
  },
  'still-active': {
    status: 409,
    say: { zh: '险情仍在，不能复位', en: 'The condition is still there: it cannot be reset.' },
  },
  'alarm-closed': { status: 409, say: { zh: '报警已解除', en: 'The alarm is closed.' } },
  'already-shelved': { status: 409, say: { zh: '已处于搁置状态', en: 'It is shelved already.' } },
  'not-shelved': { status: 409, say: { zh: '该报警未被搁置', en: 'It is not shelved.' } },
  'already-hidden': {
    status: 409,
    say: { zh: '该报警已被抑制或停用，无需搁置', en: 'It is suppressed or out of service already.' },
  },
  'shelve-level-1': {
    status: 422,
    say: { zh: '红色（1级）报警不可搁置', en: 'A red (level 1) alarm cannot be shelved.' },
  },
  'shelve-too-long': {
    status: 422,
    say: { zh: '搁置时间超过上限', en: 'That is longer than shelving may last.' },
  },
  'shelve-in-past': {
    status: 422,
    say: { zh: '搁置截止时间已过', en: 'The end of shelving lies in the past.' },
  },
  'reason-missing': { status: 422, say: { zh: '请填写原因', en: 'A reason must be given.' } },
  'text-missing': { status: 422, say: { zh: '请填写内容', en: 'There is nothing in it.' } },
  'command-reused': {
    status: 409,
    say: { zh: '该操作编号已用于另一操作', en: 'This commandId was used for another command.' },
  },
} as const satisfies Record<string, { readonly status: number; readonly say: Bilingual }>;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal with what the operator should know beyond the code, e.g. who acknowledged. */
export type Refusal = { readonly code: RefusalCode; readonly detail: Bilingual | null };
