import { clockState, clocksOf } from '../../../domain/order/clocks.ts';
import type { Order, OrderState } from '../../../domain/order/order.ts';
import { actorName, iso } from '../../alarm.ts';
import { csvLine } from '../../files/csv.ts';

type Value = string | number | null;
type Column = {
  readonly head: string;
  readonly width: number;
  readonly isInstant?: true;
  of(order: Order, now: number): Value;
};
const text = (head: string, width: number, of: Column['of']): Column => ({ head, width, of });
const instant = (head: string, of: (o: Order) => number | null): Column => ({
  head,
  width: 20,
  isInstant: true,
  of,
});

const STATES: { readonly [S in OrderState]: string } = {
  new: '待派',
  dispatched: '待签收',
  returned: '被退回',
  accepted: '已签收',
  'on-site': '已到场',
  paused: '挂起',
  done: '待核查',
  verified: '待归档',
  archived: '已归档',
  voided: '已作废',
};

/** A row for each order: who, where, when, and which clocks it has missed. */
const COLUMNS: readonly Column[] = [
  text('编号', 18, (o) => o.no),
  text('事项', 32, (o) => o.title),
  text('来源', 10, (o) => o.source.kind),
  text('来源编号', 26, (o) => o.source.id),
  text('等级', 6, (o) => o.level),
  text('专项', 14, (o) => o.lifeline),
  text('区域编码', 12, (o) => o.place.area),
  text('地点', 28, (o) => o.place.text),
  text('监测点编码', 16, (o) => o.place.point),
  text('单位', 16, (o) => o.unit),
  text('状态', 10, (o) => STATES[o.state]),
  text('建单人', 12, (o) => actorName(o.createdBy)),
  instant('建单时间', (o) => o.createdAt),
  instant('派单时间', (o) => o.dispatchedAt),
  instant('签收时间', (o) => o.acceptedAt),
  instant('到场时间', (o) => o.arrivedAt),
  instant('完成时间', (o) => o.doneAt),
  instant('核查时间', (o) => o.verifiedAt),
  instant('最近时限', (o) => {
    const due = clocksOf(o).flatMap((c) => (c.metAt === null ? [c.dueAt] : []));
    return due.length === 0 ? null : Math.min(...due);
  }),
  text('超时', 20, (o, now) =>
    clocksOf(o)
      .filter((c) => ['overdue', 'missed'].includes(clockState(c, o, now)))
      .map((c) => c.name)
      .join(' '),
  ),
  text('返工次数', 8, (o) => o.reworks),
  text('处置结果', 40, (o) => o.result),
  text('原因', 24, (o) => o.cause),
];

export const ORDERS_SHEET = COLUMNS.map(({ head, width }) => ({ head, width }));
export const ORDERS_CSV_HEADER = csvLine(COLUMNS.map((c) => c.head));

/** @param now our clock, by which clocks stand */
export const orderLine = (o: Order, now: number): string =>
  csvLine(
    COLUMNS.map((c) => {
      const value = c.of(o, now);
      return c.isInstant === true && typeof value === 'number' ? iso(value) : value;
    }),
  );
export const orderCells = (o: Order, now: number): readonly (Value | { readonly at: number })[] =>
  COLUMNS.map((c) => {
    const value = c.of(o, now);
    return c.isInstant === true && typeof value === 'number' ? { at: value } : value;
  });
