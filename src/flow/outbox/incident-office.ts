import type { Alarm } from '../../domain/alarm/alarm.ts';
import { type AlarmId, as, type IncidentId } from '../../domain/ids.ts';
import type { Suspect } from '../../domain/incident/correlation.ts';
import type { Incident, JoinReason, PlanStep } from '../../domain/incident/incident.ts';
import type { Level } from '../../domain/level.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { SYSTEM } from '../../domain/response/event.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import { type Core, contentOf } from '../core/core.ts';
import type { Draft } from '../core/draft.ts';
import type { ResponseIds } from '../ports/ids.ts';
import type { ActsFor, IncidentAsk, Responses } from '../ports/responses.ts';
import { oneDrill } from './one-drill.ts';

type Given = {
  readonly core: Core;
  readonly ids: Pick<ResponseIds, 'incident'>;
  readonly alarm: (id: AlarmId) => Promise<Alarm | null>;
  readonly durable: (id: IncidentId) => Promise<Incident | null>;
  readonly decide: <T>(decide: (draft: Draft) => Result<T, Refusal>) => Promise<Result<T, Refusal>>;
};

/** What people do with incidents: alarms belong to one at a time, so that who takes some takes them from where they were. */
export class IncidentOffice {
  readonly #given: Given;

  constructor(given: Given) {
    this.#given = given;
  }

  make: Responses['makeIncident'] = async ({ name, alarms }, asked, who) => {
    const { core, ids, durable, decide } = this.#given;
    const earlier = core.answerTo(asked.commandId);
    const known = earlier?.verb === 'create' ? await durable(as.incident(earlier.alarmId)) : null;
    const suspects = await this.#suspects(alarms, who);
    if (suspects === null) return no({ code: 'alarm-unknown', detail: null });
    const drill = this.#drillOf(suspects);
    if (!drill.ok) return drill;
    return decide((draft) => {
      const id = known?.id ?? ids.incident(draft.at);
      const command = { ...asked, do: 'create' as const };
      const now = core.incidents.find(id, known);
      return core.once({ of: id, now, command, content: contentOf({ name, alarms }) }, draft, () => {
        this.#takeOut(alarms, id, draft);
        const level = Math.min(4, ...suspects.map((s) => s.level)) as Level;
        const birth = {
          id,
          kind: 'person',
          name: { zh: name, en: name },
          members: suspects,
          reasons: suspects.map(byPerson),
          level,
          forming: false,
          ...(drill.value === null ? {} : { drill: drill.value }),
        };
        return core.incidents.command(null, { ...command, birth }, draft);
      });
    });
  };

  act: Responses['actOnIncident'] = async (id, ask, who) => {
    const { core, durable, decide, ids } = this.#given;
    const past = core.incidents.find(id, null) !== null ? null : await durable(id);
    const suspects = ask.do === 'join' ? await this.#suspects(ask.alarms, who) : [];
    if (suspects === null) return no({ code: 'alarm-unknown', detail: null });
    return decide((draft) => {
      const { incidents } = core;
      const now = incidents.find(id, past);
      if (now === null || !now.areas.some((a) => who.sees(a)))
        return no({ code: 'incident-unknown', detail: null });
      if (suspects.some((s) => s.drill !== now.drill)) return no({ code: 'drill-mixed', detail: null });
      return core.once({ of: id, now, command: ask, content: contentOf(ask) }, draft, (incident) => {
        switch (ask.do) {
          case 'join': {
            const others = suspects.filter((s) => !now.members.some((m) => m.alarm === s.alarm));
            this.#takeOut(
              others.map((s) => s.alarm),
              id,
              draft,
            );
            return incidents.command(incident, { ...ask, members: others }, draft);
          }
          case 'split':
            return this.#split(now, { ask, to: ids.incident(draft.at) }, draft);
          case 'tick-step': {
            const step = this.#stepOf(ask);
            return step.ok ? incidents.command(incident, { ...ask, step: step.value }, draft) : step;
          }
          case 'merge':
            return this.#merge(now, ask, { who, draft });
          default:
            return incidents.command(incident, ask, draft);
        }
      });
    });
  };

  /** What is split off is an incident of its own. */
  #split(
    now: Incident,
    {
      ask,
      to,
    }: {
      readonly ask: Extract<Parameters<Responses['actOnIncident']>[1], { do: 'split' }>;
      readonly to: IncidentId;
    },
    draft: Draft,
  ): Result<Incident, Refusal> {
    const { incidents } = this.#given.core;
    const moved = now.members.filter((m) => ask.alarms.includes(m.alarm));
    const done = incidents.command(now, { ...ask, to }, draft);
    if (!done.ok) return done;
    const level = Math.min(...moved.map((m) => m.level)) as Level;
    const birth = {
      id: to,
      kind: 'person',
      name: now.name,
      members: moved,
      reasons: moved.map(byPerson),
      level,
      forming: false,
      ...(now.drill === undefined ? {} : { drill: now.drill }),
    };
    incidents.command(null, { ...ask, do: 'create', birth }, draft);
    return done;
  }

  #merge(
    now: Incident,
    ask: Extract<Parameters<Responses['actOnIncident']>[1], { do: 'merge' }>,
    { who, draft }: { readonly who: ActsFor; readonly draft: Draft },
  ): Result<Incident, Refusal> {
    const { incidents } = this.#given.core;
    const into = incidents.open.get(ask.into) ?? incidents.drilled.get(ask.into);
    if (into === undefined || !into.areas.some((a) => who.sees(a)))
      return no({ code: 'incident-unknown', detail: null });
    if (into.drill !== now.drill) return no({ code: 'drill-mixed', detail: null });
    if (into.closedAt !== null) return no({ code: 'incident-over', detail: null });
    const done = incidents.command(now, ask, draft);
    if (!done.ok) return done;
    incidents.command(into, { ...ask, do: 'join', members: now.members }, draft);
    return done;
  }

  /** As the plan words it; refused where that is not what was looked at. */
  #stepOf({
    plan: code,
    revision,
    step,
  }: Extract<IncidentAsk, { do: 'tick-step' }>): Result<PlanStep, Refusal> {
    const plan = this.#given.core.resources.plan(code);
    const words = plan?.steps[step - 1];
    if (plan === undefined || (plan.revision === revision && words === undefined))
      return no({ code: 'not-found', detail: null });
    if (plan.revision !== revision || words === undefined) return no({ code: 'changed-since', detail: null });
    return ok({ plan: code, step, text: words.text });
  }

  /** From where they were to another one; an incident of which nothing would be left goes into it. */
  #takeOut(alarms: readonly AlarmId[], to: IncidentId, draft: Draft): void {
    const { incidents } = this.#given.core;
    const from = new Map<IncidentId, AlarmId[]>();
    for (const alarm of alarms) {
      const incident = incidents.incidentOf(alarm);
      if (incident !== null && incident.id !== to)
        from.set(incident.id, [...(from.get(incident.id) ?? []), alarm]);
    }
    for (const [id, theirs] of from) {
      const incident = incidents.open.get(id) ?? incidents.drilled.get(id);
      if (incident === undefined) continue;
      const asked = { by: SYSTEM, commandId: as.command(''), reason: '并入另一事件' };
      const command =
        theirs.length === incident.members.length
          ? ({ ...asked, do: 'merge', into: to } as const)
          : ({ ...asked, do: 'split', alarms: theirs, to } as const);
      incidents.command(incident, command, draft);
    }
  }

  #drillOf = (suspects: readonly Suspect[]) =>
    oneDrill(
      suspects.map((s) => s.drill ?? null),
      (id) => this.#given.core.drills.isRunning(id),
    );

  async #suspects(alarms: readonly AlarmId[], who: ActsFor): Promise<readonly Suspect[] | null> {
    const found: Suspect[] = [];
    for (const id of alarms) {
      const alarm = await this.#given.alarm(id);
      if (alarm === null || !who.sees(alarm.areaCode)) return null;
      found.push(this.#given.core.incidents.suspectOf(alarm));
    }
    return found;
  }
}

const byPerson = (s: Suspect): JoinReason => ({
  alarm: s.alarm,
  by: 'person',
  detail: { zh: '人工归并', en: 'put together by a person' },
  confidence: 1,
});
