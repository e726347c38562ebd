import type { Right } from '../../../../domain/account/permissions.ts';
import { as } from '../../../../domain/ids.ts';
import type { Level } from '../../../../domain/level.ts';
import type { WarningEvent } from '../../../../domain/warning/commands.ts';
import {
  isWarningOpen,
  WARNING_STATES,
  type Warning,
  type WarningContent,
} from '../../../../domain/warning/warning.ts';
import type { WarningAsk } from '../../../../flow/ports/responses.ts';
import { capFeed, capXml } from '../../../../wire/files/cap.ts';
import type { WarningsQuery } from '../../../../wire/http/response/warnings.ts';
import { warningEventJson, warningToJson } from '../../../../wire/response/warning.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden, invalid } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { ofADrill } from '../answering/of-a-drill.ts';
import { granted } from '../notices/granted.ts';
import type { ListPage } from '../paging.ts';
import { type ActSaid, actsFor, asked, type Who } from './asked.ts';

type Names = Extract<
  keyof Handlers,
  | 'warnings'
  | 'draftWarning'
  | 'warningFeed'
  | 'warning'
  | 'warningEvents'
  | 'warningCap'
  | 'warningMessage'
  | 'editWarning'
  | 'submitWarning'
  | 'discardWarning'
  | 'issueWarning'
  | 'returnWarning'
  | 'adjustWarning'
  | 'liftWarning'
  | 'cancelWarning'
  | 'confirmWarning'
>;

const PAGES = 50;
/** Warnings that the feed looks through, and messages that it has. */
const FEED = 100;

export function warningRoutes({
  responses,
  service,
  journal,
  clock,
  capIssuer,
}: Services): Pick<Handlers, Names> {
  const { board } = service;
  const categoriesOf = (w: Warning): readonly string[] =>
    service.packs().find((p) => p.lifeline === w.lifeline)?.capCategories ?? ['Infra'];

  async function act(
    { params, body, session, sees }: Who & { readonly params: { id: string }; readonly body: ActSaid },
    right: Right,
    what: WarningAsk,
  ) {
    const id = as.warning(params.id);
    const done = await responses.actOnWarning(
      id,
      { ...what, ...asked(body, session) },
      actsFor({ session, sees }, right),
    );
    if (!done.ok && done.error.code === 'warning-unknown' && (await responses.warning(id)) !== null)
      throw hidden('warning-unknown');
    return warningToJson(asSeenBy(granted(done), { session, sees }));
  }

  /** @throws HttpProblem where it is none of theirs */
  async function theirs(id: string, who: Who): Promise<Warning> {
    const warning =
      board.responses.warning(as.warning(id)) ??
      board.drills.responses.warning(as.warning(id)) ??
      (await responses.warning(as.warning(id)));
    if (warning === null) throw new HttpProblem('warning-unknown');
    if (!maySee(warning, who)) throw hidden('warning-unknown');
    return asSeenBy(warning, who);
  }

  async function page(q: WarningsQuery, who: Who): Promise<ListPage<Warning>> {
    const all = q.state ?? ['open'];
    const states = WARNING_STATES.filter(
      (state) => all.includes(state) || all.includes(isWarningOpen({ state }) ? 'open' : 'over'),
    );
    const filter = {
      open: null,
      states,
      level: q.level as Level | undefined,
      lifeline: q.lifeline === undefined ? undefined : as.lifeline(q.lifeline),
      alarm: q.alarm === undefined ? undefined : as.alarm(q.alarm),
    };
    if (q.drill !== undefined)
      return ofADrill(
        journal,
        'warning',
        { ...q, drill: q.drill },
        (w) => maySee(w, who) && states.includes(w.state),
      );
    const items: Warning[] = [];
    let after = q.after ?? null;
    for (let pages = 0; ; pages++) {
      const found = await responses.warnings(filter, q.limit - items.length, after);
      const { area } = q;
      items.push(
        ...found.items.filter(
          (w) => maySee(w, who) && (area === undefined || w.areas.some((a) => a.startsWith(area))),
        ),
      );
      after = found.next;
      if (after === null || items.length >= q.limit || pages >= PAGES) return { items, next: after };
    }
  }

  return {
    warnings: async ({ query, session, sees }) => {
      const { items, next } = await page(query, { session, sees });
      return { items: items.map((w) => warningToJson(asSeenBy(w, { session, sees }))), next };
    },
    draftWarning: async ({ body, session, sees }) => {
      const wish = {
        content: contentOf(body),
        lifeline: body.lifeline ?? null,
        status: body.status,
        alarms: [...new Set(body.basis.alarms)].map(as.alarm),
        incident: body.basis.incident === undefined ? null : as.incident(body.basis.incident),
        recipients: body.recipients?.map(as.unit) ?? null,
        issuer: body.issuer === undefined ? null : as.unit(body.issuer),
      };
      const made = await responses.draftWarning(wish, asked(body, session), { unit: null, sees });
      return warningToJson(granted(made));
    },
    warningFeed: async ({ session, sees }) => {
      const { items } = await page({ state: ['open', 'over'], limit: FEED }, { session, sees });
      const entries = items
        .flatMap((warning) => warning.messages.map((message) => ({ warning, message })))
        .sort((a, b) => b.message.sent - a.message.sent)
        .slice(0, FEED);
      return capFeed(entries, capIssuer, { self: '', now: clock.now() });
    },
    warning: async ({ params, session, sees }) => {
      const warning = await theirs(params.id, { session, sees });
      const acts = actsFor({ session, sees }, 'warning.see');
      const isOurs = warning.from === undefined && warning.state === 'issued';
      if (!isOurs || acts === 'nobody' || acts.unit !== null) return warningToJson(warning);
      const { alarms, orders } = await responses.liftConditions(warning);
      return {
        ...warningToJson(warning),
        lift: {
          over: orders.length === 0 && alarms.every((a) => a.isOver),
          alarms: alarms.map((a) => ({ id: a.alarm, over: a.isOver })),
          orders: orders
            .filter((o) => sees(o.place.area))
            .map(({ id, no, title, state }) => ({ id, no, title, state })),
        },
      };
    },
    warningEvents: async ({ params, session, sees }) => {
      const { id } = await theirs(params.id, { session, sees });
      const events = await responses.eventsOf(id);
      const acts = actsFor({ session, sees }, 'warning.see');
      const own = acts === 'nobody' ? null : acts.unit;
      return {
        items: events.flatMap((e) =>
          e.of !== 'warning' || isReceiptOfOthers(e.event, own) ? [] : warningEventJson(e.seq, e.event),
        ),
        next: null,
      };
    },
    warningCap: async ({ params, session, sees }) => {
      const warning = await theirs(params.id, { session, sees });
      const message = warning.messages.at(-1);
      if (message === undefined) throw new HttpProblem('warning-not-issued');
      return capXml(warning, message, { ...capIssuer, categories: categoriesOf(warning) });
    },
    warningMessage: async ({ params, session, sees }) => {
      const warning = await theirs(params.id, { session, sees });
      const message = warning.messages.find((m) => m.identifier === params.identifier);
      if (message === undefined) throw new HttpProblem('not-found');
      return capXml(warning, message, { ...capIssuer, categories: categoriesOf(warning) });
    },
    editWarning: (ask) =>
      act(ask, 'warning.draft', {
        do: 'edit',
        content: contentOf(ask.body),
        recipients: ask.body.recipients?.map(as.unit) ?? null,
      }),
    submitWarning: (ask) => act(ask, 'warning.draft', { do: 'submit' }),
    discardWarning: (ask) => act(ask, 'warning.draft', { do: 'discard' }),
    issueWarning: (ask) =>
      act(ask, 'warning.issue', { do: 'issue', documentNo: ask.body.documentNo ?? null }),
    returnWarning: (ask) => act(ask, 'warning.issue', { do: 'return', reason: ask.body.reason }),
    adjustWarning: (ask) =>
      act(ask, 'warning.issue', { do: 'adjust', content: contentOf(ask.body), reason: ask.body.reason }),
    liftWarning: (ask) => act(ask, 'warning.issue', { do: 'end', reason: ask.body.reason ?? null }),
    cancelWarning: (ask) => act(ask, 'warning.issue', { do: 'cancel', reason: ask.body.reason }),
    confirmWarning: (ask) => {
      const unit = ask.body.unit ?? ask.session.unit;
      if (unit === null) throw invalid('body.unit', '请给出单位', 'name the unit', ask.language);
      return act(ask, 'warning.confirm', { do: 'confirm', unit: as.unit(unit) });
    },
  };
}

/** What is for their unit, and in force or was; or what lies where they see. */
function maySee(w: Warning, who: Who): boolean {
  const acts = actsFor(who, 'warning.see');
  if (acts === 'nobody') return false;
  if (acts.unit !== null) return w.effective !== null && w.recipients.some((r) => r.unit === acts.unit);
  return w.areas.some((a) => acts.sees(a));
}

/** Whoever sees a warning for their unit's sake sees the receipt of that unit, and of no other. */
function asSeenBy(w: Warning, who: Who): Warning {
  const acts = actsFor(who, 'warning.see');
  if (acts === 'nobody' || acts.unit === null) return w;
  return { ...w, recipients: w.recipients.filter((r) => r.unit === acts.unit) };
}

const isReceiptOfOthers = ({ change }: WarningEvent, own: string | null): boolean =>
  own !== null && change.kind === 'confirmed' && change.unit !== own;

type Wished = {
  readonly [K in keyof Omit<WarningContent, 'areas'>]?: WarningContent[K] | undefined;
} & { readonly areas?: readonly string[] | undefined };

/** What was said of it, and nothing else. */
function contentOf({
  level,
  kind,
  areas,
  areaText,
  text,
  instruction,
  expires,
}: Wished): Partial<WarningContent> {
  return {
    ...(level === undefined ? {} : { level }),
    ...(kind === undefined ? {} : { kind }),
    ...(areas === undefined ? {} : { areas: areas.map(as.area) }),
    ...(areaText === undefined ? {} : { areaText }),
    ...(text === undefined ? {} : { text }),
    ...(instruction === undefined ? {} : { instruction }),
    ...(expires === undefined ? {} : { expires }),
  };
}
