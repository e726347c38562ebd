import type { Order } from '../../api/answers.ts';
import { dueOf, isOverdue } from './clocks.ts';

type State = Order['state'];

/** Where an order stands, as the desk counts them: what waits for whom. */
export const STAGES = {
  toDispatch: ['new', 'returned'],
  toAccept: ['dispatched'],
  atWork: ['accepted', 'on-site'],
  paused: ['paused'],
  toVerify: ['done'],
  toArchive: ['verified'],
} as const satisfies Readonly<Record<string, readonly State[]>>;
export type Stage = keyof typeof STAGES;
export const STAGE_NAMES = Object.keys(STAGES) as readonly Stage[];

const STAGE_OF = new Map<State, Stage>(
  STAGE_NAMES.flatMap((stage) => STAGES[stage].map((s): [State, Stage] => [s, stage])),
);
/** `null`: it is over. */
export const stageOf = ({ state }: Pick<Order, 'state'>): Stage | null => STAGE_OF.get(state) ?? null;

/** As it stands in the address; empty: any. */
export type OrderFilter = {
  readonly q: string;
  /** A stage, or `overdue`. */
  readonly stage: string;
  readonly level: string;
  readonly lifeline: string;
  readonly area: string;
  readonly unit: string;
  /** `1`: those that this person made. */
  readonly mine: string;
};
export const NO_FILTER: OrderFilter = {
  q: '',
  stage: '',
  level: '',
  lifeline: '',
  area: '',
  unit: '',
  mine: '',
};

export type Counted = { readonly all: number; readonly overdue: number } & { readonly [S in Stage]: number };

/** What has run out first, then the graver, then what runs out sooner, then the older. */
export function arranged(orders: Iterable<Order>, now: number): readonly Order[] {
  // Looked up once each: five thousand are compared sixty thousand times.
  const keyed = [...orders].map((order) => {
    const dueAt = dueOf(order);
    return { order, late: dueAt <= now ? 0 : 1, level: order.level, dueAt };
  });
  keyed.sort(
    (a, b) =>
      a.late - b.late ||
      a.level - b.level ||
      compared(a.dueAt, b.dueAt) ||
      (a.order.id < b.order.id ? -1 : 1),
  );
  return keyed.map((k) => k.order);
}

const compared = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/**
 * @param me their name, for `mine`
 * @param words what an order is found by beside its own words: the names of its unit and area
 */
export function selected(
  orders: readonly Order[],
  f: OrderFilter,
  me: string,
  words: (o: Order) => string,
): readonly Order[] {
  const wanted = f.q.trim().toLowerCase();
  return orders.filter(
    (o) =>
      (f.level === '' || String(o.level) === f.level) &&
      (f.lifeline === '' || o.lifeline === f.lifeline) &&
      (f.area === '' || o.place.area.startsWith(f.area)) &&
      (f.unit === '' || o.unit === f.unit) &&
      (f.mine === '' || o.createdBy === me) &&
      (wanted === '' ||
        `${o.no} ${o.title} ${o.place.text} ${o.place.point ?? ''} ${words(o)}`
          .toLowerCase()
          .includes(wanted)),
  );
}

export const ofStage = (orders: readonly Order[], stage: string, now: number): readonly Order[] => {
  if (stage === '') return orders;
  return orders.filter((o) => (stage === 'overdue' ? isOverdue(o, now) : stageOf(o) === stage));
};

export function counted(orders: readonly Order[], now: number): Counted {
  const n = {
    all: 0,
    overdue: 0,
    toDispatch: 0,
    toAccept: 0,
    atWork: 0,
    paused: 0,
    toVerify: 0,
    toArchive: 0,
  };
  for (const o of orders) {
    const stage = stageOf(o);
    n.all += 1;
    if (isOverdue(o, now)) n.overdue += 1;
    if (stage !== null) n[stage] += 1;
  }
  return n;
}
