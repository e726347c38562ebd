import type { Order } from '../order/order.ts';
import type { Bilingual } from '../text.ts';
import { hours, type Millis } from '../time.ts';
import type { CitizenReport } from './citizen-report.ts';

type Outcome = Pick<
  Order,
  'no' | 'state' | 'dispatchedAt' | 'arrivedAt' | 'doneAt' | 'verifiedAt' | 'result' | 'cause'
>;

/**
 * The answer to a citizen as far as it can be written from what was done: what and when, and what is still to come. A person reads,
 * edits and gives it.
 *
 * @param order what came of it; `null`: none was made
 */
export function draftAnswer(
  report: Pick<CitizenReport, 'no' | 'calledAt'>,
  order: Outcome | null,
): Bilingual {
  const zh = [`您好！您于${at(report.calledAt)}反映的问题（编号 ${report.no}）已收悉。`];
  const en = [`Thank you. What you told us on ${at(report.calledAt)} (No. ${report.no}) has been received.`];
  if (order === null) {
    zh.push('经核实：（请填写）。');
    en.push('We have found: (please fill in).');
    return { zh: zh.join(''), en: en.join(' ') };
  }
  if (order.dispatchedAt !== null) {
    zh.push(`我们于${at(order.dispatchedAt)}派单处置`);
    en.push(`A crew was sent on ${at(order.dispatchedAt)}`);
    if (order.arrivedAt !== null) {
      zh.push(`，处置人员于${at(order.arrivedAt)}到达现场`);
      en.push(`and was on site on ${at(order.arrivedAt)}`);
    }
    zh.push('。');
    en.push('.');
  }
  if (order.doneAt !== null && order.result !== null) {
    zh.push(`处置结果：${order.result}（${at(order.doneAt)}完成）。`);
    en.push(`What was done: ${order.result} (${at(order.doneAt)}).`);
    if (order.cause !== null) {
      zh.push(`原因：${order.cause}。`);
      en.push(`Cause: ${order.cause}.`);
    }
  } else {
    zh.push('目前正在处置，尚未完成。');
    en.push('Work is going on and not yet done.');
  }
  if (order.verifiedAt !== null) {
    zh.push(`已于${at(order.verifiedAt)}核查通过。`);
    en.push(`It was checked on ${at(order.verifiedAt)}.`);
  }
  zh.push('感谢您的监督与支持。');
  return { zh: zh.join(''), en: en.join(' ').replaceAll(' .', '.') };
}

/** Beijing, to the minute. */
const at = (t: Millis): string => new Date(t + hours(8)).toISOString().slice(0, 16).replace('T', ' ');
