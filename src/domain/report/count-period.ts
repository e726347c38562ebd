import type { Alarm } from '../alarm/alarm.ts';
import type { AlarmEvent } from '../alarm/events.ts';
import type { AreaCode, LifelineKey, WarningId } from '../ids.ts';
import type { Incident, IncidentEvent } from '../incident/incident.ts';
import type { OrderEvent } from '../order/events.ts';
import type { Order } from '../order/order.ts';
import { days, hours } from '../time.ts';
import type { WarningEvent } from '../warning/commands.ts';
import type { Warning } from '../warning/warning.ts';
import { AlarmTally } from './count-alarms.ts';
import { BelowCount } from './count-below.ts';
import { MissedCount, type PlaceOf } from './count-missed.ts';
import { onlineRates, type PointFacts, RepeatCount } from './count-online.ts';
import { OrderTally } from './count-orders.ts';
import { count, type FigureCurve, type ReportFigures } from './figures.ts';
import { type ForecastSkillRow, skillTables } from './forecast-skill.ts';
import type { Period } from './period.ts';

/** Beyond so many days a curve goes by days. */
const DAYS_BY_HOUR = 2;

/** What a period is counted with besides the journal. */
export type PeriodFacts = {
  readonly points: readonly PointFacts[];
  readonly nameOf: (lifeline: LifelineKey) => string;
  /** `lifeline/metric` by which water stands. */
  readonly depths: ReadonlySet<string>;
  readonly placeOf: PlaceOf;
  /** How good forecasts have been. */
  readonly skills: readonly ForecastSkillRow[];
};

/**
 * Counts a period from the journal’s events, fed in order: a pure sum, so that the same events give the same figures. Of what is not in
 * the area it knows nothing.
 */
export class PeriodCount {
  readonly #period: Period;
  readonly #sees: (area: AreaCode) => boolean;
  readonly alarms: AlarmTally;
  readonly orders: OrderTally;
  readonly repeats = new RepeatCount();
  readonly #below: BelowCount;
  readonly #missed: MissedCount;
  readonly #warnings = new Map<WarningId, Warning>();
  #issued = 0;
  #lifted = 0;
  #incidentsMade = 0;
  #incidentsClosed = 0;

  constructor(period: Period, sees: (area: AreaCode) => boolean) {
    this.#period = period;
    this.#sees = sees;
    this.alarms = new AlarmTally(period);
    this.orders = new OrderTally(period);
    this.#below = new BelowCount(period);
    this.#missed = new MissedCount(period);
  }

  /** From before all that is counted: it may have stood long enough to have told of what a citizen found. */
  rememberAlarm(event: AlarmEvent, after: Alarm): void {
    if (after.from === undefined) this.#missed.takeAlarm(event, after);
  }

  takeAlarm(event: AlarmEvent, after: Alarm): void {
    this.rememberAlarm(event, after);
    if (!this.#sees(after.areaCode)) return;
    if (after.from === undefined) this.alarms.take(event, after);
    else this.#below.takeAlarm(event, after);
  }

  takeOrder(event: OrderEvent, after: Order): void {
    if (!this.#sees(after.place.area)) return;
    if (after.from !== undefined) {
      this.#below.takeOrder(event, after);
      return;
    }
    this.orders.take(event, after);
    this.#missed.takeOrder(event, after);
  }

  takeWarning(event: WarningEvent, after: Warning): void {
    const { change, at } = event;
    if (after.from !== undefined) {
      if (after.status === 'actual' && after.areas.some(this.#sees)) this.#below.takeWarning(event, after);
      return;
    }
    if (!this.#isIn(at) || after.status !== 'actual' || !after.areas.some(this.#sees)) return;
    this.#warnings.set(after.id, after);
    if (change.kind === 'issued') this.#issued += 1;
    if (change.kind === 'lifted') this.#lifted += 1;
  }

  takeIncident(event: IncidentEvent, after: Incident): void {
    if (!after.areas.some(this.#sees)) return;
    if (after.from !== undefined) {
      this.#below.takeIncident(event, after);
      return;
    }
    const { change, at } = event;
    if (!this.#isIn(at)) return;
    if (change.kind === 'made') this.#incidentsMade += 1;
    if (change.kind === 'closed') this.#incidentsClosed += 1;
  }

  alarmWasOpen(alarm: Alarm): void {
    if (alarm.from === undefined) this.#missed.alarmWasOpen(alarm);
    if (!this.#sees(alarm.areaCode)) return;
    if (alarm.from === undefined) this.alarms.wasOpen(alarm);
    else this.#below.alarmWasOpen(alarm);
  }

  orderWasOpen(order: Order): void {
    if (!this.#sees(order.place.area)) return;
    if (order.from === undefined) this.orders.wasOpen(order);
    else this.#below.orderWasOpen(order);
  }

  warningWasOpen(w: Warning): void {
    if (w.from !== undefined) {
      if (w.status === 'actual' && w.areas.some(this.#sees)) this.#below.warningWasOpen(w);
      return;
    }
    if (!this.#warnings.has(w.id) && w.status === 'actual' && w.areas.some(this.#sees))
      this.#warnings.set(w.id, w);
  }

  /** Our own are counted by what happened to them. */
  incidentWasOpen(i: Incident): void {
    if (i.from !== undefined && i.areas.some(this.#sees)) this.#below.incidentWasOpen(i);
  }

  result({ points, nameOf, depths, placeOf, skills }: PeriodFacts): ReportFigures {
    const online = onlineRates(points, this.alarms.silences(), this.#period);
    const overdue = [...this.#warnings.values()].filter(
      (w) => w.state === 'issued' && w.expires < this.#period.to,
    );
    return {
      figures: [
        ...this.alarms.figures(),
        ...this.#missed.figures(placeOf),
        ...online.figures,
        ...this.orders.figures(),
        count('warnings.issued', this.#issued),
        count('warnings.lifted', this.#lifted),
        count('warnings.overdue-at-end', overdue.length),
        count('incidents.made', this.#incidentsMade),
        count('incidents.closed', this.#incidentsClosed),
      ],
      tables: [
        ...this.alarms.tables(nameOf, depths),
        ...skillTables(skills, nameOf),
        online.table,
        this.repeats.table((lifeline) => nameOf(lifeline as LifelineKey)),
        this.orders.overdue(),
        ...this.#below.tables(),
      ],
      curves: this.#curves(),
    };
  }

  #curves(): readonly FigureCurve[] {
    const { from, to } = this.#period;
    const step = to - from > days(DAYS_BY_HOUR) ? days(1) : hours(1);
    const steps = Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
    const indexOf = (at: number) => Math.floor((at - from) / step);
    const byLevel = steps.map(() => [0, 0, 0, 0]);
    for (const { at, level } of this.alarms.raised()) {
      const there = byLevel[indexOf(at)];
      if (there !== undefined) there[level - 1] = (there[level - 1] ?? 0) + 1;
    }
    const orders = steps.map(() => [0, 0]);
    for (const [i, list] of [this.orders.made(), this.orders.done()].entries())
      for (const at of list) {
        const there = orders[indexOf(at)];
        if (there !== undefined) there[i] = (there[i] ?? 0) + 1;
      }
    return [
      {
        key: 'raised',
        step,
        names: ['level1', 'level2', 'level3', 'level4'],
        steps: steps.map((at, i) => ({ at, values: byLevel[i] ?? [] })),
      },
      {
        key: 'orders',
        step,
        names: ['made', 'done'],
        steps: steps.map((at, i) => ({ at, values: orders[i] ?? [] })),
      },
    ];
  }

  #isIn(at: number): boolean {
    return at >= this.#period.from && at < this.#period.to;
  }
}
