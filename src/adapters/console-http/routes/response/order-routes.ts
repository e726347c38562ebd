import { coordinates, isForOwnUnit, type Right } from '../../../../domain/account/permissions.ts';
import { type AttachmentId, as } from '../../../../domain/ids.ts';
import type { Level } from '../../../../domain/level.ts';
import { clocksOf } from '../../../../domain/order/clocks.ts';
import { ORDER_STATES, type Order, type OrderState } from '../../../../domain/order/order.ts';
import type { AttachmentType } from '../../../../domain/response/attachment.ts';
import type { OrderAsk } from '../../../../flow/ports/responses.ts';
import { clockPolicyJson, type OrdersQuery } from '../../../../wire/http/response/orders.ts';
import { orderEventJson, orderToJson } from '../../../../wire/response/order.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { ofADrill } from '../answering/of-a-drill.ts';
import { granted } from '../notices/granted.ts';
import type { ListPage } from '../paging.ts';
import { type ActSaid, actsFor, asked, type Who } from './asked.ts';
import { maySee, orderOf } from './seen-order.ts';

type Names = Extract<
  keyof Handlers,
  | 'orders'
  | 'createOrder'
  | 'order'
  | 'orderEvents'
  | 'dispatchOrder'
  | 'acceptOrder'
  | 'refuseOrder'
  | 'forwardOrder'
  | 'arriveAtOrder'
  | 'feedbackOnOrder'
  | 'checkSafetyOfOrder'
  | 'pauseOrder'
  | 'resumeOrder'
  | 'extendOrder'
  | 'answerExtension'
  | 'doneWithOrder'
  | 'verifyOrder'
  | 'archiveOrder'
  | 'voidOrder'
  | 'urgeOrder'
  | 'linkAlarmsToOrder'
  | 'rebaseOrder'
  | 'keepAttachment'
  | 'attachment'
  | 'clockPolicies'
  | 'clockPolicy'
  | 'clockPolicyVersions'
  | 'keepClockPolicy'
>;

/** Pages of the journal looked through for one page of somebody bound to areas. */
const PAGES = 50;

export function orderRoutes({
  responses,
  attachments,
  service,
  journal,
  clock,
}: Services): Pick<Handlers, Names> {
  const json = (order: Order) => orderToJson(order, clock.now());

  async function act(
    { params, body, session, sees }: Who & { readonly params: { id: string }; readonly body: ActSaid },
    right: Right,
    what: OrderAsk,
  ) {
    const who = actsFor({ session, sees }, right);
    const id = as.order(params.id);
    const done = await responses.actOnOrder(id, { ...what, ...asked(body, session) }, who);
    // There is such an order, and it is none of theirs: the audit journal is told which it was.
    if (!done.ok && done.error.code === 'order-unknown' && (await responses.order(id)) !== null)
      throw hidden('order-unknown');
    return json(granted(done));
  }

  function openOnes(q: OrdersQuery, wanted: (o: Order) => boolean): ListPage<Order> {
    const items: Order[] = [];
    for (const o of service.board.responses.orders()) {
      if ((q.after !== undefined && o.id >= q.after) || !wanted(o)) continue;
      // One more than the page: there is a next one, and the rest need not be looked at.
      if (items.length === q.limit) return { items, next: items.at(-1)?.id ?? null };
      items.push(o);
    }
    return { items, next: null };
  }

  async function past(
    q: OrdersQuery,
    states: readonly OrderState[],
    wanted: (o: Order) => boolean,
  ): Promise<ListPage<Order>> {
    const filter = {
      open: null,
      states,
      level: q.level as Level | undefined,
      lifeline: q.lifeline === undefined ? undefined : as.lifeline(q.lifeline),
      area: q.area === undefined ? undefined : as.area(q.area),
      unit: q.unit === undefined ? undefined : as.unit(q.unit),
      alarm: q.alarm === undefined ? undefined : as.alarm(q.alarm),
    };
    const items: Order[] = [];
    let after = q.after ?? null;
    for (let pages = 0; ; pages++) {
      const page = await responses.orders(filter, q.limit - items.length, after);
      items.push(...page.items.filter(wanted));
      after = page.next;
      if (after === null || items.length >= q.limit || pages >= PAGES) return { items, next: after };
    }
  }

  return {
    orders: async ({ query, session, sees }) => {
      const states = statesOf(query.state);
      const wanted = (o: Order) => matches(o, query, states, clock.now()) && maySee(o, { session, sees });
      if (query.drill !== undefined) {
        // A crew sees no list of drills: whatever drill runs now is asked for by this word.
        const drill = query.drill === 'on' ? service.board.drills.running()[0]?.id : query.drill;
        if (drill === undefined) return { items: [], next: null };
        const { items, next } = await ofADrill(journal, 'order', { ...query, drill }, wanted);
        return { items: items.map(json), next };
      }
      const isOpen = states.every((s) => s !== 'archived' && s !== 'voided');
      const { items, next } = isOpen ? openOnes(query, wanted) : await past(query, states, wanted);
      return { items: items.map(json), next };
    },
    createOrder: async ({ body, session, sees }) => {
      const { source, place, alarms = [] } = body;
      const ids = source.kind === 'alarm' && source.id !== undefined ? [source.id, ...alarms] : alarms;
      const wish = {
        source: { kind: source.kind, id: source.id ?? null },
        title: body.title ?? null,
        lifeline: body.lifeline ?? null,
        level: body.level ?? null,
        place: {
          ...(place.area === undefined ? {} : { area: as.area(place.area) }),
          ...(place.asset === undefined ? {} : { asset: as.asset(place.asset) }),
          ...(place.point === undefined ? {} : { point: as.point(place.point) }),
          text: place.text,
          lon: place.lon,
          lat: place.lat,
        },
        alarms: [...new Set(ids)].map(as.alarm),
        warning: body.warning === undefined ? null : as.warning(body.warning),
        incident: body.incident === undefined ? null : as.incident(body.incident),
        attachments: filesOf(body),
        unit: body.unit === undefined ? null : as.unit(body.unit),
        contact: body.contact === undefined ? null : as.contact(body.contact),
      };
      return json(granted(await responses.createOrder(wish, asked(body, session), { unit: null, sees })));
    },
    order: async ({ params, session, sees }) =>
      json(await orderOf(params.id, { session, sees }, { service, responses })),
    orderEvents: async ({ params, session, sees }) => {
      const { id } = await orderOf(params.id, { session, sees }, { service, responses });
      const events = await responses.eventsOf(id);
      return {
        items: events.flatMap((e) => (e.of === 'order' ? orderEventJson(e.seq, e.event) : [])),
        next: null,
      };
    },
    dispatchOrder: (ask) =>
      act(ask, 'order.dispatch', {
        do: 'dispatch',
        unit: as.unit(ask.body.unit),
        contact: ask.body.contact === undefined ? null : as.contact(ask.body.contact),
        coordinates: coordinates(ask.session.roles),
      }),
    acceptOrder: (ask) => act(ask, 'order.act', { do: 'accept' }),
    refuseOrder: (ask) =>
      act(ask, 'order.act', { do: 'refuse', kind: ask.body.reasonKind, reason: ask.body.reason }),
    forwardOrder: (ask) =>
      act(ask, 'order.act', { do: 'forward', unit: as.unit(ask.body.unit), reason: ask.body.reason }),
    arriveAtOrder: (ask) =>
      act(ask, 'order.act', {
        do: 'arrive',
        accepts: ask.body.accept,
        lon: ask.body.lon ?? null,
        lat: ask.body.lat ?? null,
        accuracyM: ask.body.accuracyM ?? null,
        ...(ask.body.placeText === undefined ? {} : { placeText: ask.body.placeText }),
        attachments: filesOf(ask.body),
      }),
    feedbackOnOrder: (ask) =>
      act(ask, 'order.act', { do: 'feedback', text: ask.body.text, attachments: filesOf(ask.body) }),
    checkSafetyOfOrder: (ask) =>
      act(ask, 'order.act', {
        do: 'check-safety',
        readings: ask.body.readings,
        permit: ask.body.permit ?? null,
      }),
    pauseOrder: (ask) =>
      act(ask, 'order.act', {
        do: 'pause',
        kind: ask.body.kind,
        until: ask.body.until,
        reason: ask.body.reason,
      }),
    resumeOrder: (ask) => act(ask, 'order.act', { do: 'resume' }),
    extendOrder: (ask) =>
      act(ask, 'order.act', { do: 'extend', until: ask.body.until, reason: ask.body.reason }),
    answerExtension: (ask) =>
      act(ask, 'order.dispatch', {
        do: 'answer-extension',
        granted: ask.body.granted,
        reason: ask.body.reason,
      }),
    doneWithOrder: (ask) =>
      act(ask, 'order.act', {
        do: 'done',
        result: ask.body.result,
        cause: ask.body.cause ?? null,
        remote: ask.body.remote,
        attachments: filesOf(ask.body),
      }),
    verifyOrder: (ask) =>
      act(ask, 'order.verify', {
        do: 'verify',
        pass: ask.body.pass,
        method: ask.body.method,
        reason: ask.body.reason ?? null,
      }),
    archiveOrder: (ask) => act(ask, 'order.dispatch', { do: 'archive' }),
    voidOrder: (ask) => act(ask, 'order.dispatch', { do: 'void', reason: ask.body.reason }),
    urgeOrder: (ask) => act(ask, 'order.dispatch', { do: 'urge', note: ask.body.note }),
    linkAlarmsToOrder: (ask) =>
      act(ask, 'order.dispatch', { do: 'link', alarms: ask.body.alarms.map(as.alarm) }),
    rebaseOrder: (ask) => act(ask, 'order.dispatch', { do: 'rebase' }),

    keepAttachment: async ({ body, became }) => {
      const kept = await attachments.keep(body);
      if (kept === null) throw new HttpProblem('unsupported-media-type', { detail: NO_SUCH_TYPE });
      became({ ...kept });
      return { ...kept, sha256: kept.id };
    },
    attachment: async ({ params, query, session, sees }) => {
      const id = as.attachment(params.id);
      const found = await attachments.find(id);
      if (found === null) throw new HttpProblem('not-found');
      if (!(await mayTake(id, query.order, { session, sees }))) throw hidden('not-found');
      const bytes = await attachments.read(id);
      if (bytes === null) throw new HttpProblem('not-found');
      return { bytes, type: found.type, name: `${id.slice(0, 16)}.${EXTENSIONS[found.type]}` };
    },
    clockPolicies: () => ({ items: responses.clockPolicies().map(clockPolicyJson), next: null }),
    clockPolicy: ({ params }) => clockPolicyJson(versionsOf(params.id).at(-1) as never),
    clockPolicyVersions: ({ params }) => ({ items: versionsOf(params.id).map(clockPolicyJson), next: null }),
    keepClockPolicy: async ({ params, body, session, was }) => {
      const before = responses.clockPolicyVersions(params.id).at(-1);
      if (before !== undefined) was(clockPolicyJson(before));
      const { match, minutes, safetyCheck, reason, seenVersion = null } = body;
      const kept = await responses.keepClockPolicy({
        id: params.id,
        match: {
          levels: match.levels,
          lifelines: match.lifelines.map(as.lifeline),
          areas: match.areas.map(as.area),
        },
        limits: { ...minutes, safetyCheck },
        by: { account: session.account, name: session.name },
        reason,
        seenVersion,
      });
      return clockPolicyJson(granted(kept));
    },
  };

  /** Whoever sees every order sees every file; anybody else those of orders that they see. */
  async function mayTake(id: AttachmentId, said: string | undefined, who: Who): Promise<boolean> {
    if (who.session.areas === null && !isForOwnUnit(who.session.roles, 'order.see')) return true;
    const has = (o: Order) => o.attachments.includes(id) && maySee(o, who);
    if (service.board.responses.orders().some(has)) return true;
    const order = said === undefined ? null : await responses.order(as.order(said));
    return order !== null && has(order);
  }

  function versionsOf(id: string) {
    const versions = responses.clockPolicyVersions(id);
    if (versions.length === 0) throw new HttpProblem('not-found');
    return versions;
  }
}

const NO_SUCH_TYPE = {
  zh: '内容不是 JPEG、PNG、WebP、HEIC 或 PDF',
  en: 'Its bytes are neither JPEG, PNG, WebP, HEIC nor PDF.',
};
const EXTENSIONS: Readonly<Record<AttachmentType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'application/pdf': 'pdf',
};

const filesOf = (body: { readonly attachments?: readonly string[] | undefined }): readonly AttachmentId[] =>
  (body.attachments ?? []).map(as.attachment);

export function statesOf(asked: OrdersQuery['state']): readonly OrderState[] {
  const all = asked ?? ['open'];
  return ORDER_STATES.filter((s) => {
    const over = s === 'archived' || s === 'voided';
    return all.includes(s) || all.includes(over ? 'over' : 'open');
  });
}

export function matches(o: Order, q: OrdersQuery, states: readonly OrderState[], now: number): boolean {
  return (
    states.includes(o.state) &&
    (q.level === undefined || o.level === q.level) &&
    (q.lifeline === undefined || o.lifeline === q.lifeline) &&
    (q.area === undefined || o.place.area.startsWith(q.area)) &&
    (q.unit === undefined || o.unit === q.unit) &&
    (q.alarm === undefined || o.alarms.includes(as.alarm(q.alarm))) &&
    (q.overdue !== true || clocksOf(o).some((c) => c.metAt === null && c.dueAt <= now))
  );
}
