import type { Alarm } from '../../domain/alarm/alarm.ts';
import { isJudged } from '../../domain/alarm/assessment.ts';
import type { CitizenEntry } from '../../domain/citizen/citizen-report.ts';
import { namesCaller } from '../../domain/citizen/masks.ts';
import {
  type AlarmId,
  type AreaCode,
  type AttachmentId,
  as,
  type DrillId,
  type OrderId,
} from '../../domain/ids.ts';
import type { OrderBirth, OrderCommand } from '../../domain/order/commands.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import { UNPLACED_AREA } from '../../domain/register/register.ts';
import { accountOf } from '../../domain/response/event.ts';
import type { Filed } from '../../domain/response/filed.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { WarningCommand } from '../../domain/warning/commands.ts';
import type { Warning } from '../../domain/warning/warning.ts';
import { capIdentifier } from '../../wire/files/cap.ts';
import { type Core, contentOf } from '../core/core.ts';
import type { Draft } from '../core/draft.ts';
import type { ResponseIds } from '../ports/ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { ActsFor, Attachments, OrderWish, Responses } from '../ports/responses.ts';
import type { Turn } from '../turn.ts';
import { forCitizen, orderedFor } from './citizen-orders.ts';
import { type DecideInTurn, decidingInTurn } from './decide-in-turn.ts';
import { IncidentOffice } from './incident-office.ts';
import { oneDrill } from './one-drill.ts';
import { contentFlaw, isTheirs, warningBirth } from './warning-wishes.ts';

/** Views that one person keeps at most; they are all offered at once. */
const VIEWS_OF_ONE = 50;
/** Notes beside the curves of one point at most. */
const NOTES_OF_ONE = 1_000;

/** The office where people make and work on orders: each answer is decided in a turn, on the order as it is there. */
export class ResponseOffice implements Responses {
  readonly #core: Core;
  readonly #journal: Pick<Journal, 'alarm' | 'citizen' | 'response' | 'responseEvents' | 'responses'>;
  readonly #ids: ResponseIds;
  readonly #files: Pick<Attachments, 'find'>;
  readonly #capSender: string;
  readonly #incidents: IncidentOffice;
  readonly #decide: DecideInTurn;

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: Pick<Journal, 'alarm' | 'citizen' | 'response' | 'responseEvents' | 'responses'>;
    ids: ResponseIds;
    files: Pick<Attachments, 'find'>;
    /** 14 digits: see `capIdentifier`. */
    capSender: string;
    log: Log;
  }) {
    this.#core = given.core;
    this.#decide = decidingInTurn(given.turn, given.log, 'an order');
    this.#journal = given.journal;
    this.#ids = given.ids;
    this.#files = given.files;
    this.#capSender = given.capSender;
    this.#incidents = new IncidentOffice({
      core: given.core,
      ids: given.ids,
      alarm: (id) => this.#alarm(id),
      durable: (id) => this.incident(id),
      decide: this.#decide,
    });
  }

  createOrder: Responses['createOrder'] = async (wished, asked, who) => {
    const citizen = await this.#citizenOf(wished.source);
    if (citizen !== null && !who.sees(citizen.report.area))
      return no({ code: 'citizen-unknown', detail: null });
    const wish = citizen === null ? wished : forCitizen(wished, citizen);
    if (citizen?.words != null && namesCaller(`${wish.title} ${wish.place.text ?? ''}`, citizen.words))
      return no({ code: 'names-caller', detail: null });
    const earlier = this.#core.answerTo(asked.commandId);
    const known = earlier?.verb === 'create' ? await this.order(as.order(earlier.alarmId)) : null;
    const alarms: Alarm[] = [];
    for (const id of wish.alarms) {
      const alarm = await this.#alarm(id);
      if (alarm === null || !who.sees(alarm.areaCode)) return no({ code: 'alarm-unknown', detail: null });
      alarms.push(alarm);
    }
    const lost = await this.#lost(wish.attachments);
    if (lost !== null) return no(lost);
    return this.#decide((draft) => {
      const id = known?.id ?? this.#ids.order(draft.at);
      const command = { ...asked, do: 'create' as const };
      const now = this.#core.orders.find(id, known);
      return this.#core.once({ of: id, now, command, content: contentOf({ ...wish }) }, draft, () => {
        const birth = this.#birth(id, wish, alarms, draft);
        if (!birth.ok) return birth;
        if (!who.sees(birth.value.place.area)) return no({ code: 'foreign-area', detail: null });
        if (wish.unit !== null) {
          const flaw = this.#unitFlaw(wish.unit, wish.contact);
          if (flaw !== null) return no(flaw);
        }
        const tied =
          citizen === null ? null : orderedFor(this.#core, citizen, { order: id, asked }, draft.at);
        if (tied?.ok === false) return tied;
        if (tied !== null && birth.value.drill !== undefined)
          return no({ code: 'drill-mixed', detail: null });
        const made = this.#core.orders.command(null, { ...command, birth: birth.value }, draft);
        if (made.ok && tied !== null) this.#core.citizens.put(tied.value, draft);
        if (!made.ok || wish.unit === null) return made;
        const { unit, contact } = wish;
        return this.#core.orders.command(
          made.value,
          { ...asked, do: 'dispatch', unit, contact, coordinates: false },
          draft,
        );
      });
    });
  };

  actOnOrder: Responses['actOnOrder'] = async (id, ask, who) => {
    const done = await this.#actOnOrder(id, ask, who);
    if (done.ok || done.error.code !== 'other-unit') return done;
    const before = await this.#answeredBefore(id, ask);
    return before === null ? done : ok(before);
  };

  /**
   * Whoever has given an order away, and never got the answer, asks once more: they get it as it was right after their act,
   * and nothing of what others have made of it since.
   */
  async #answeredBefore(id: OrderId, ask: Parameters<Responses['actOnOrder']>[1]): Promise<Order | null> {
    const given = this.#core.answerTo(ask.commandId);
    const isSame =
      given?.alarmId === id &&
      given.verb === ask.do &&
      given.account === accountOf(ask.by) &&
      given.content === contentOf(ask);
    if (!isSame) return null;
    const then = (await this.eventsOf(id)).find((e) => e.event.revision === given.revision);
    return then?.of === 'order' ? then.after : null;
  }

  #actOnOrder: Responses['actOnOrder'] = async (id, ask, who) => {
    // What is open the desk knows better than the disk.
    const durable = this.#core.orders.find(id, null) !== null ? null : await this.order(id);
    const early = barredFrom(this.#core.orders.find(id, durable), who);
    if (early !== null) return no({ code: early, detail: null });
    const lost = 'attachments' in ask ? await this.#lost(ask.attachments) : null;
    if (lost !== null) return no(lost);
    if (ask.do === 'link')
      for (const alarm of ask.alarms) {
        const found = await this.#alarm(alarm);
        if (found === null || (who !== 'nobody' && !who.sees(found.areaCode)))
          return no({ code: 'alarm-unknown', detail: null });
        if (found.drill !== this.#core.orders.find(id, durable)?.drill)
          return no({ code: 'drill-mixed', detail: null });
      }
    return this.#decide((draft) => {
      const now = this.#core.orders.find(id, durable);
      const barred = barredFrom(now, who);
      if (barred !== null) return no({ code: barred, detail: null });
      const flaw =
        ask.do === 'dispatch'
          ? this.#unitFlaw(ask.unit, ask.contact)
          : ask.do === 'forward'
            ? this.#unitFlaw(ask.unit, null)
            : null;
      if (flaw !== null) return no(flaw);
      const command = this.#commandOf(ask, now as Order);
      return this.#core.once({ of: id, now, command: ask, content: contentOf(ask) }, draft, (order) =>
        this.#core.orders.command(order, command, draft),
      );
    });
  };

  order: Responses['order'] = async (id) => {
    const found = await this.#journal.response(id);
    return found?.of === 'order' ? found.after : null;
  };

  eventsOf: Responses['eventsOf'] = (id) => this.#journal.responseEvents(id);

  draftWarning: Responses['draftWarning'] = async (wish, asked, who) => {
    const earlier = this.#core.answerTo(asked.commandId);
    const known = earlier?.verb === 'create' ? await this.warning(as.warning(earlier.alarmId)) : null;
    const alarms: Alarm[] = [];
    for (const id of wish.alarms) {
      const alarm = await this.#alarm(id);
      if (alarm === null || !who.sees(alarm.areaCode)) return no({ code: 'alarm-unknown', detail: null });
      alarms.push(alarm);
    }
    return this.#decide((draft) => {
      const id = known?.id ?? this.#ids.warning(draft.at);
      const command = { ...asked, do: 'create' as const };
      const now = this.#core.warnings.find(id, known);
      return this.#core.once({ of: id, now, command, content: contentOf({ ...wish }) }, draft, () => {
        const birth = warningBirth(this.#core, { id, wish, alarms, now: draft.at });
        if (!birth.ok) return birth;
        if (!birth.value.areas.every((a) => who.sees(a))) return no({ code: 'foreign-area', detail: null });
        return this.#core.warnings.command(null, { ...command, birth: birth.value }, draft);
      });
    });
  };

  actOnWarning: Responses['actOnWarning'] = async (id, ask, who) => {
    const durable = this.#core.warnings.find(id, null) !== null ? null : await this.warning(id);
    const judged = ask.do === 'end' ? await this.#isBasisOver(this.#core.warnings.find(id, durable)) : false;
    return this.#decide((draft) => {
      const { warnings } = this.#core;
      const now = warnings.find(id, durable);
      if (now === null || who === 'nobody' || !isTheirs(now, who))
        return no({ code: 'warning-unknown', detail: null });
      if (ask.do === 'confirm' && who.unit !== null && ask.unit !== who.unit)
        return no({ code: 'not-a-recipient', detail: null });
      const flaw = contentFlaw(this.#core, ask);
      if (flaw !== null) return no(flaw);
      if ((ask.do === 'edit' || ask.do === 'adjust') && !(ask.content.areas ?? []).every((a) => who.sees(a)))
        return no({ code: 'foreign-area', detail: null });
      const { at, n } = warnings.nextStamp(draft.at);
      const stamped = { ...ask, identifier: capIdentifier(this.#capSender, at, n), isOver: judged };
      return this.#core.once({ of: id, now, command: ask, content: contentOf(ask) }, draft, (warning) =>
        warnings.command(warning, stamped as WarningCommand, draft),
      );
    });
  };

  warning: Responses['warning'] = async (id) => {
    const found = await this.#journal.response(id);
    return found?.of === 'warning' ? found.after : null;
  };

  warnings: Responses['warnings'] = async (filter, limit, after) => {
    const page = await this.#journal.responses({ ...filter, kind: 'warning' }, limit, after);
    return { items: page.items.flatMap((t) => (t.of === 'warning' ? t.after : [])), next: page.next };
  };

  makeIncident: Responses['makeIncident'] = (wish, asked, who) => this.#incidents.make(wish, asked, who);
  actOnIncident: Responses['actOnIncident'] = (id, ask, who) => this.#incidents.act(id, ask, who);

  incident: Responses['incident'] = async (id) => {
    const found = await this.#journal.response(id);
    return found?.of === 'incident' ? found.after : null;
  };

  incidents: Responses['incidents'] = async (filter, limit, after) => {
    const page = await this.#journal.responses({ ...filter, kind: 'incident' }, limit, after);
    return { items: page.items.flatMap((t) => (t.of === 'incident' ? t.after : [])), next: page.next };
  };

  liftConditions: Responses['liftConditions'] = async (warning) => {
    const { alarms } = warning.basis;
    const known = await Promise.all(alarms.map(async (id) => ({ id, alarm: await this.#alarm(id) })));
    return {
      alarms: known.map(({ id, alarm }) => ({
        alarm: id,
        isOver:
          alarm === null || alarm.phase.is === 'closed' || isJudged(alarm.assessment?.verdict ?? 'unclear'),
      })),
      orders: [...this.#core.orders.open.values(), ...this.#core.orders.drilled.values()].filter(
        (o) =>
          o.state !== 'done' &&
          o.state !== 'verified' &&
          (o.warning === warning.id || o.alarms.some((a) => alarms.includes(a))),
      ),
    };
  };

  async #isBasisOver(warning: Warning | null): Promise<boolean> {
    if (warning === null) return false;
    const { alarms, orders } = await this.liftConditions(warning);
    return orders.length === 0 && alarms.every((a) => a.isOver);
  }

  orders: Responses['orders'] = async (filter, limit, after) => {
    const page = await this.#journal.responses({ ...filter, kind: 'order' }, limit, after);
    return { items: page.items.flatMap((t) => (t.of === 'order' ? t.after : [])), next: page.next };
  };

  get resources() {
    return this.#core.resources;
  }

  keepPlan: Responses['keepPlan'] = (wish, seen) =>
    this.#decide((draft) => {
      const before = this.#core.resources.plan(wish.code);
      const flaw = staleness(before, seen) ?? this.#areasFlaw(wish.areas);
      if (flaw !== null) return no(flaw);
      const plan = { ...wish, revision: (before?.revision ?? 0) + 1, at: draft.at };
      this.#file({ is: 'plan', plan }, draft);
      return ok(plan);
    });

  keepResource: Responses['keepResource'] = (wish, seen) =>
    this.#decide((draft) => {
      const before = this.#core.resources.resource(wish.code);
      const flaw =
        staleness(before, seen) ??
        this.#areasFlaw([wish.area]) ??
        (wish.keeper === null ? null : this.#unitFlaw(wish.keeper, null));
      if (flaw !== null) return no(flaw);
      const resource = { ...wish, revision: (before?.revision ?? 0) + 1, at: draft.at };
      this.#file({ is: 'resource', resource }, draft);
      return ok(resource);
    });

  get kept() {
    return this.#core.kept;
  }

  keepView: Responses['keepView'] = (wish) =>
    this.#decide((draft) => {
      const mine = this.#core.kept
        .views()
        .filter((v) => v.by.account === wish.by.account && v.id !== wish.id);
      if (mine.length >= VIEWS_OF_ONE && !wish.isGone) return no({ code: 'too-many-kept', detail: null });
      const view = { ...wish, at: draft.at };
      this.#file({ is: 'view', view }, draft);
      return ok(view);
    });

  keepNote: Responses['keepNote'] = (wish) =>
    this.#decide((draft) => {
      if (this.#core.kept.notesAt(wish.point).length >= NOTES_OF_ONE && !wish.isGone)
        return no({ code: 'too-many-kept', detail: null });
      const note = { ...wish, at: draft.at };
      this.#file({ is: 'series-note', note }, draft);
      return ok(note);
    });

  #file(filed: Filed, draft: Draft): void {
    this.#core.resources.take(filed);
    this.#core.kept.take(filed);
    draft.filed.push(filed);
  }

  /** The report that an order is for; `null`: it is for none, or for one of which only the hotline knows. */
  async #citizenOf({ kind, id }: OrderWish['source']): Promise<CitizenEntry | null> {
    if (kind !== 'citizen' || id === null) return null;
    const report = as.citizenReport(id);
    return this.#core.citizens.find(report, null) ?? this.#journal.citizen(report);
  }

  #areasFlaw(areas: readonly AreaCode[]): Refusal | null {
    const lost = areas.find((a) => this.#core.register.area(a) === undefined);
    return lost === undefined
      ? null
      : refuse('unknown-reference', `没有区域 ${lost}`, `There is no area ${lost}.`);
  }

  clockPolicies: Responses['clockPolicies'] = () => this.#core.orders.policies();
  clockPolicyVersions: Responses['clockPolicyVersions'] = (id) => this.#core.orders.versions(id);

  keepClockPolicy: Responses['keepClockPolicy'] = ({ seenVersion, ...wish }) =>
    this.#decide((draft) => {
      const last = this.#core.orders.versions(wish.id).at(-1)?.version ?? 0;
      if (seenVersion !== null && seenVersion < last) return no({ code: 'seen-too-old', detail: null });
      const area = wish.match.areas.find((a) => this.#core.register.area(a) === undefined);
      if (area !== undefined)
        return no(refuse('unknown-reference', `没有区域 ${area}`, `There is no area ${area}.`));
      const policy = { ...wish, version: last + 1, at: draft.at };
      const filed = { is: 'clock-policy', policy } as const;
      this.#core.orders.take(filed);
      draft.filed.push(filed);
      return ok(policy);
    });

  #commandOf(ask: Parameters<Responses['actOnOrder']>[1], order: Order): OrderCommand {
    if (ask.do !== 'rebase') return ask;
    const { limits, id, version } = this.#core.orders.policyFor({ ...order, area: order.place.area });
    return { ...ask, limits, policy: { id, version } };
  }

  async #alarm(id: AlarmId): Promise<Alarm | null> {
    return this.#core.desk.open.get(id) ?? this.#core.drills.alarm(id) ?? this.#journal.alarm(id);
  }

  async #lost(ids: readonly AttachmentId[]): Promise<Refusal | null> {
    for (const id of ids)
      if ((await this.#files.find(id)) === null)
        return refuse('unknown-reference', `没有附件 ${id}`, `There is no attachment ${id}.`);
    return null;
  }

  #birth(id: OrderId, wish: OrderWish, alarms: readonly Alarm[], draft: Draft): Result<OrderBirth, Refusal> {
    const { register, orders, lifelines } = this.#core;
    const drill = this.#drillFor(wish, alarms);
    if (!drill.ok) return drill;
    const first = alarms[0];
    const pointCode = wish.place.point ?? first?.pointCode ?? null;
    const point = pointCode === null ? undefined : register.point(pointCode);
    if (pointCode !== null && point === undefined && first === undefined)
      return no(refuse('unknown-reference', `没有监测点 ${pointCode}`, `There is no point ${pointCode}.`));
    const assetCode = wish.place.asset ?? first?.assetCode ?? point?.asset ?? null;
    const asset = assetCode === null ? undefined : register.asset(assetCode);
    if (wish.place.asset != null && asset === undefined)
      return no(refuse('unknown-reference', `没有设施 ${assetCode}`, `There is no asset ${assetCode}.`));
    const area = wish.place.area ?? first?.areaCode ?? point?.area ?? asset?.area ?? UNPLACED_AREA.code;
    const lifeline = wish.lifeline ?? first?.lifeline ?? point?.lifeline ?? asset?.lifeline ?? null;
    const level = wish.level ?? gravest(alarms);
    const title =
      wish.title ?? (first === undefined ? null : `${first.pointName} ${first.ruleName.zh}`.slice(0, 200));
    if (lifeline === null || level === null || title === null)
      return no(
        refuse(
          'invalid',
          '须给出标题、专项和等级，或给出来源报警、监测点',
          'Title, lifeline and level are needed, or an alarm or point to take them from.',
        ),
      );
    if (!lifelines.has(as.lifeline(lifeline)))
      return no(refuse('unknown-reference', `没有专项 ${lifeline}`, `There is no lifeline ${lifeline}.`));
    if (area !== UNPLACED_AREA.code && register.area(area) === undefined)
      return no(refuse('unknown-reference', `没有区域 ${area}`, `There is no area ${area}.`));
    const like = { lifeline: as.lifeline(lifeline), level, area };
    const { limits, id: policy, version } = orders.policyFor(like);
    const at = point?.place ?? asset?.place ?? null;
    return ok({
      id,
      no: drill.value === null ? orders.nextNo(draft.at) : orders.nextDrillNo(drill.value),
      ...(drill.value === null ? {} : { drill: drill.value }),
      source: wish.source,
      title,
      lifeline: like.lifeline,
      level,
      place: {
        area,
        asset: assetCode,
        point: pointCode,
        text: wish.place.text ?? asset?.name ?? point?.name ?? register.area(area)?.name ?? area,
        lon: wish.place.lon ?? at?.lon ?? null,
        lat: wish.place.lat ?? at?.lat ?? null,
      },
      alarms: wish.alarms,
      warning: wish.warning,
      incident: wish.incident,
      attachments: wish.attachments,
      limits,
      policy: { id: policy, version },
    });
  }

  /** Of which drill an order is: that of its alarms, its warning and its incident, which all are of the same. */
  #drillFor(
    { warning, incident }: Pick<OrderWish, 'warning' | 'incident'>,
    alarms: readonly Alarm[],
  ): Result<DrillId | null, Refusal> {
    const of: (DrillId | null)[] = alarms.map((a) => a.drill ?? null);
    if (warning !== null) of.push(this.#core.warnings.find(warning, null)?.drill ?? of[0] ?? null);
    if (incident !== null) of.push(this.#core.incidents.find(incident, null)?.drill ?? of[0] ?? null);
    return oneDrill(of, (id) => this.#core.drills.isRunning(id));
  }

  #unitFlaw(unit: NonNullable<Order['unit']>, contact: Order['contact']): Refusal | null {
    const { book } = this.#core.notices;
    if (book.unit(unit) === undefined)
      return refuse('unknown-reference', `没有单位 ${unit}`, `There is no unit ${unit}.`);
    if (contact === null || book.contact(contact)?.unit === unit) return null;
    return refuse('unknown-reference', `${unit} 没有联系人 ${contact}`, `${unit} has no contact ${contact}.`);
  }
}

/** Why an order is none of theirs. A crew that had it is told that it has gone; everybody else, that there is none. */
function barredFrom(order: Order | null, who: ActsFor | 'nobody'): RefusalCode | null {
  if (order === null || who === 'nobody') return 'order-unknown';
  if (!who.sees(order.place.area)) return 'order-unknown';
  if (order.from !== undefined) return 'of-a-source';
  if (who.unit === null || order.unit === who.unit) return null;
  return order.hadBy.includes(who.unit) ? 'other-unit' : 'order-unknown';
}

/** Who changes something has seen how it is, and a new one has a code of its own. */
function staleness(before: { readonly revision: number } | undefined, seen: number | null): Refusal | null {
  if (seen === null) return before === undefined ? null : { code: 'code-taken', detail: null };
  if (before === undefined) return { code: 'not-found', detail: null };
  return seen < before.revision ? { code: 'changed-since', detail: null } : null;
}

function gravest(alarms: readonly Alarm[]): Order['level'] | null {
  const levels = alarms.map((a) => a.level).sort((a, b) => a - b);
  return levels[0] ?? null;
}

const refuse = (code: RefusalCode, zh: string, en: string): Refusal => ({ code, detail: { zh, en } });
