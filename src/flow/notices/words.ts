import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { Level } from '../../domain/level.ts';
import type { NoticeAbout, NoticeText } from '../../domain/notice/text.ts';
import type { ClockName } from '../../domain/order/clock-policy.ts';
import { clocksOf } from '../../domain/order/clocks.ts';
import type { Order } from '../../domain/order/order.ts';
import { hours, type Millis } from '../../domain/time.ts';
import type { Warning } from '../../domain/warning/warning.ts';

const COLOURS: Readonly<Record<Level, string>> = { 1: '红色', 2: '橙色', 3: '黄色', 4: '蓝色' };

/**
 * What a notice of an alarm says. In Chinese, which whoever is on duty reads; place code, level, rule and value, and nothing
 * about people: robots lie outside the city's net.
 */
export function wordsOf(alarm: Alarm, about: NoticeAbout): NoticeText {
  const { worst, trigger } = alarm;
  const value = worst.value === null ? '' : ` ${worst.value} ${trigger.unit}`;
  return {
    marks: alarm.drill === undefined ? [] : ['drill'],
    title: `${COLOURS[alarm.level]}${ABOUT[about]}：${alarm.ruleName.zh}${value}`,
    lines: [
      `监测点 ${alarm.pointName}（${alarm.pointCode}）`,
      ...(alarm.assetName === null ? [] : [`设施 ${alarm.assetName}`]),
      ...(about === 'recovered' || about === 'closed' ? [] : [`处置建议：${alarm.advice.zh}`]),
    ],
    link: null,
  };
}

/** What a notice of an order says: number, what, where, and by when; nothing about people. */
export function orderWordsOf(o: Order, about: NoticeAbout): NoticeText {
  const next = clocksOf(o).find((c) => c.metAt === null);
  return {
    marks: o.drill === undefined ? [] : ['drill'],
    title: `${COLOURS[o.level]}${ORDER_ABOUT[about]}：${o.title}（${o.no}）`,
    lines: [
      `地点 ${o.place.text}`,
      ...(o.place.point === null ? [] : [`监测点 ${o.place.point}`]),
      ...(next === undefined ? [] : [`${CLOCKS[next.name]}时限 ${beijing(next.dueAt)}`]),
    ],
    link: null,
  };
}

const beijing = (t: Millis): string => new Date(t + hours(8)).toISOString().slice(5, 16).replace('T', ' ');

const CLOCKS: Readonly<Record<ClockName, string>> = {
  accept: '签收',
  arrive: '到场',
  'first-feedback': '首次反馈',
  feedback: '续报',
  control: '控制',
  verify: '核查',
};

/** Several notices of one channel as one message: how many of which level, and the gravest by name. */
export function digestOf(
  notices: readonly { readonly level: Level; readonly text: NoticeText }[],
): NoticeText {
  const counts = ([1, 2, 3, 4] as const).flatMap((level) => {
    const n = notices.filter((x) => x.level === level).length;
    return n === 0 ? [] : [`${COLOURS[level]} ${n} 条`];
  });
  const marks = [...new Set(notices.flatMap((n) => n.text.marks))];
  const gravest = [...notices].sort((a, b) => a.level - b.level).slice(0, 5);
  return {
    marks,
    title: `通知汇总 ${notices.length} 条：${counts.join('，')}`,
    lines: [...gravest.map((n) => n.text.title), '其余请在平台查看'],
    link: null,
  };
}

/** What a notice of a warning says; exercises and tests say what they are. */
export function warningWordsOf(w: Warning, about: NoticeAbout): NoticeText {
  const marks: NoticeText['marks'] =
    w.status === 'exercise' || w.drill !== undefined ? ['drill'] : w.status === 'test' ? ['test'] : [];
  return {
    marks,
    title: `${COLOURS[w.level]}${WARNING_ABOUT[about]}：${w.areaText}${w.kind}`,
    lines:
      about === 'closed' ? [w.text] : [w.text, `处置要求：${w.instruction}`, `有效至 ${beijing(w.expires)}`],
    link: null,
  };
}

const WARNING_ABOUT: Readonly<Record<NoticeAbout, string>> = {
  raised: '预警',
  risen: '预警调整',
  again: '预警待确认接收',
  recovered: '预警已解除',
  closed: '预警已解除或撤销',
  digest: '通知汇总',
  test: '测试消息',
};

const ORDER_ABOUT: Readonly<Record<NoticeAbout, string>> = {
  raised: '工单',
  risen: '工单改派',
  again: '工单催办',
  recovered: '工单已恢复',
  closed: '工单已结束',
  digest: '通知汇总',
  test: '测试消息',
};

const ABOUT: Readonly<Record<NoticeAbout, string>> = {
  raised: '报警',
  risen: '报警升级',
  again: '报警仍未确认',
  recovered: '报警已恢复',
  closed: '报警已解除',
  digest: '通知汇总',
  test: '测试消息',
};
