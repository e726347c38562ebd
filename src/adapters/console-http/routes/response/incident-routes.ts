import { as } from '../../../../domain/ids.ts';
import { INCIDENT_STATES, type Incident } from '../../../../domain/incident/incident.ts';
import type { Level } from '../../../../domain/level.ts';
import type { IncidentAsk } from '../../../../flow/ports/responses.ts';
import type { IncidentsQuery } from '../../../../wire/http/response/incident-routes.ts';
import { incidentEventJson, incidentToJson } from '../../../../wire/response/incident.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { ofADrill } from '../answering/of-a-drill.ts';
import { granted } from '../notices/granted.ts';
import type { ListPage } from '../paging.ts';
import { type ActSaid, asked, type Who } from './asked.ts';
import { bundleOf, ordersOf, warningsOf } from './bundle.ts';

type Names = Extract<
  keyof Handlers,
  | 'incidents'
  | 'makeIncident'
  | 'incident'
  | 'incidentEvents'
  | 'incidentBundle'
  | 'joinIncident'
  | 'splitIncident'
  | 'mergeIncident'
  | 'tickPlanStep'
  | 'controlIncident'
  | 'closeIncident'
  | 'reviewIncident'
>;

const PAGES = 50;
const OVER: readonly Incident['state'][] = ['closed', 'reviewed'];

export function incidentRoutes(parts: Services): Pick<Handlers, Names> {
  const { responses, service } = parts;
  const { board } = service;

  async function act(
    { params, body, session, sees }: Who & { readonly params: { id: string }; readonly body: ActSaid },
    what: IncidentAsk,
  ) {
    const id = as.incident(params.id);
    const done = await responses.actOnIncident(
      id,
      { ...what, ...asked(body, session) },
      { unit: null, sees },
    );
    if (!done.ok && done.error.code === 'incident-unknown' && (await responses.incident(id)) !== null)
      throw hidden('incident-unknown');
    return incidentToJson(granted(done));
  }

  /** @throws HttpProblem where it is none of theirs */
  async function theirs(id: string, { sees }: Pick<Who, 'sees'>): Promise<Incident> {
    const incident =
      board.responses.incident(as.incident(id)) ??
      board.drills.responses.incident(as.incident(id)) ??
      (await responses.incident(as.incident(id)));
    if (incident === null) throw new HttpProblem('incident-unknown');
    if (!incident.areas.some(sees)) throw hidden('incident-unknown');
    return incident;
  }

  async function page(q: IncidentsQuery, { sees }: Pick<Who, 'sees'>): Promise<ListPage<Incident>> {
    const all = q.state ?? ['open'];
    const states = INCIDENT_STATES.filter(
      (s) => all.includes(s) || all.includes(OVER.includes(s) ? 'over' : 'open'),
    );
    const filter = {
      open: null,
      states,
      level: q.level as Level | undefined,
      alarm: q.alarm === undefined ? undefined : as.alarm(q.alarm),
    };
    if (q.drill !== undefined)
      return ofADrill(
        parts.journal,
        'incident',
        { ...q, drill: q.drill },
        (i) => i.areas.some(sees) && states.includes(i.state),
      );
    const items: Incident[] = [];
    let after = q.after ?? null;
    for (let pages = 0; ; pages++) {
      const found = await responses.incidents(filter, q.limit - items.length, after);
      const { area } = q;
      items.push(
        ...found.items.filter(
          (i) => i.areas.some(sees) && (area === undefined || i.areas.some((a) => a.startsWith(area))),
        ),
      );
      after = found.next;
      if (after === null || items.length >= q.limit || pages >= PAGES) return { items, next: after };
    }
  }

  return {
    incidents: async ({ query, sees }) => {
      const { items, next } = await page(query, { sees });
      return { items: items.map(incidentToJson), next };
    },
    makeIncident: async ({ body, session, sees }) => {
      const wish = { name: body.name, alarms: [...new Set(body.alarms)].map(as.alarm) };
      return incidentToJson(
        granted(await responses.makeIncident(wish, asked(body, session), { unit: null, sees })),
      );
    },
    incident: async ({ params, sees }) => {
      const incident = await theirs(params.id, { sees });
      const alarms = new Set(incident.members.map((m) => m.alarm));
      const ofIt = (x: { incident: string | null; alarms: readonly string[] }) =>
        x.incident === incident.id || x.alarms.some((a) => alarms.has(as.alarm(a)));
      const orders = await ordersOf(parts, incident, (o) => sees(o.place.area) && ofIt(o));
      const warnings = await warningsOf(parts, incident, (w) => w.areas.some(sees) && ofIt(w.basis));
      return {
        ...incidentToJson(incident),
        orders: orders.map((o) => o.id),
        warnings: warnings.map((w) => w.id),
      };
    },
    incidentEvents: async ({ params, sees }) => {
      const { id } = await theirs(params.id, { sees });
      const events = await responses.eventsOf(id);
      return {
        items: events.flatMap((e) => (e.of === 'incident' ? incidentEventJson(e.seq, e.event) : [])),
        next: null,
      };
    },
    incidentBundle: async ({ params, session, sees }) => {
      const incident = await theirs(params.id, { sees });
      // What lies elsewhere would go out with it.
      if (!incident.areas.every(sees)) throw hidden('incident-unknown');
      const bytes = await bundleOf(incident, { parts, by: session.name, sees });
      return { bytes, type: 'application/zip', name: `${incident.id}.zip` };
    },
    joinIncident: (ask) => act(ask, { do: 'join', alarms: ask.body.alarms.map(as.alarm) }),
    splitIncident: (ask) =>
      act(ask, { do: 'split', alarms: ask.body.alarms.map(as.alarm), reason: ask.body.reason }),
    mergeIncident: (ask) =>
      act(ask, { do: 'merge', into: as.incident(ask.body.into), reason: ask.body.reason }),
    tickPlanStep: (ask) =>
      act(ask, {
        do: 'tick-step',
        plan: ask.body.plan,
        revision: ask.body.planRevision,
        step: ask.body.step,
        isDone: ask.body.done,
      }),
    controlIncident: (ask) => act(ask, { do: 'control' }),
    closeIncident: (ask) => act(ask, { do: 'close' }),
    reviewIncident: (ask) => act(ask, { do: 'review', text: ask.body.text }),
  };
}
