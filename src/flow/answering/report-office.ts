import { maySeeArea } from '../../domain/account/scope.ts';
import { type AreaCode, as, type EventSeq, type LifelineKey } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { PeriodFacts } from '../../domain/report/count-period.ts';
import type { ReportFigures } from '../../domain/report/figures.ts';
import type { ForecastSkillRow } from '../../domain/report/forecast-skill.ts';
import { lastPeriod, type Period, periodAt } from '../../domain/report/period.ts';
import type { Report } from '../../domain/report/report.ts';
import { Shifts } from '../../domain/report/shifts.ts';
import type { Asked } from '../../domain/response/event.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import { type Core, contentOf } from '../core/core.ts';
import { type DecideInTurn, decidingInTurn } from '../outbox/decide-in-turn.ts';
import type { Forecasts } from '../ports/ahead/forecasts.ts';
import type { Reports, ReportWish } from '../ports/answering/reports.ts';
import type { Clock } from '../ports/clock.ts';
import type { ResponseIds } from '../ports/ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Turn } from '../turn.ts';
import { gatherPeriod, type PeriodJournal } from './gather-period.ts';
import { pointFacts } from './point-facts.ts';

type Wanted = Pick<Report, 'kind' | 'area' | 'incident'> & { readonly period: Period };

/** The office where reports are made and go on their way: counted outside the turn, as of one place in the journal, and kept in one. */
export class ReportOffice implements Reports {
  readonly #core: Core;
  readonly #journal: PeriodJournal & Pick<Journal, 'response'>;
  readonly #ids: Pick<ResponseIds, 'report'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #packs: readonly Pack[];
  readonly #breathe: () => Promise<void>;
  readonly #decide: DecideInTurn;
  readonly #skill: Forecasts['skill'];
  /** What is told of a report, in the turn that makes or issues it. */
  readonly #tell: (report: Report, draft: Parameters<Parameters<DecideInTurn>[0]>[0]) => void;

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: PeriodJournal & Pick<Journal, 'response'>;
    ids: Pick<ResponseIds, 'report'>;
    clock: Pick<Clock, 'now'>;
    packs: readonly Pack[];
    breathe: () => Promise<void>;
    log: Log;
    /** How good forecasts have been; left out: nothing is forecast. */
    skill?: Forecasts['skill'];
    tell?: (report: Report, draft: Parameters<Parameters<DecideInTurn>[0]>[0]) => void;
  }) {
    this.#core = given.core;
    this.#journal = given.journal;
    this.#ids = given.ids;
    this.#clock = given.clock;
    this.#packs = given.packs;
    this.#breathe = given.breathe;
    this.#decide = decidingInTurn(given.turn, given.log, 'a report');
    this.#skill = given.skill ?? (() => []);
    this.#tell = given.tell ?? (() => undefined);
  }

  make: Reports['make'] = (wish, asked) => this.makeBy(wish, asked);

  /** @param asked `null`: the clock */
  async makeBy(wish: ReportWish, asked: Asked | null): Promise<Result<Report, Refusal>> {
    const core = this.#core;
    const earlier = asked === null ? undefined : core.answerTo(asked.commandId);
    const known = earlier?.verb === 'create' ? await this.report(as.report(earlier.alarmId)) : null;
    const wanted = await this.#wanted(wish);
    if (!wanted.ok) return wanted;
    const upTo = await this.#journal.lastBefore(wanted.value.period.to);
    const figures = known?.figures ?? (await this.#count(wanted.value, upTo));
    return this.#decide((draft) => {
      const id = known?.id ?? this.#ids.report(draft.at);
      const now = core.reports.find(id, known);
      const make = () => {
        const { period, ...rest } = wanted.value;
        const birth = {
          ...rest,
          ...period,
          id,
          no: numberOf(draft.at, draft.lastSeq + 1),
          seq: upTo,
          figures,
          text: wish.text,
          corrects: null,
        };
        const command = { ...(asked ?? { by: null }), do: 'create' as const, birth };
        const made = core.reports.command(null, command, draft);
        if (made.ok && asked === null) this.#tell(made.value, draft);
        return made;
      };
      if (asked === null) return make();
      const content = contentOf({ ...wish });
      return core.once({ of: id, now, command: { ...asked, do: 'create' }, content }, draft, make);
    });
  }

  act: Reports['act'] = async (id, ask) => {
    const core = this.#core;
    const durable = core.reports.open.has(id) ? null : await this.report(id);
    const before = core.reports.find(id, durable);
    if (before === null) return no({ code: 'report-unknown', detail: null });
    const again = ask.do === 'correct' && before.state === 'issued' ? await this.#countAgain(before) : null;
    return this.#decide((draft) => {
      const now = core.reports.find(id, durable);
      return core.once({ of: id, now, command: ask, content: contentOf(ask) }, draft, (report) => {
        if (ask.do !== 'correct') {
          const done = core.reports.command(report, ask, draft);
          if (done.ok && ask.do === 'issue') this.#tell(done.value, draft);
          return done;
        }
        const to = this.#ids.report(draft.at);
        const done = core.reports.command(report, { ...ask, to }, draft);
        if (!done.ok || again === null) return done;
        const { kind, from, to: end, area, incident, text } = before;
        const no = numberOf(draft.at, draft.lastSeq + 1);
        const birth = { id: to, no, kind, from, to: end, area, incident, text, ...again, corrects: id };
        core.reports.command(null, { ...ask, do: 'create', birth }, draft);
        return done;
      });
    });
  };

  report: Reports['report'] = async (id) => {
    const found = await this.#journal.response(id);
    return found?.of === 'report' ? found.after : null;
  };

  reports: Reports['reports'] = async ({ states, kind }, limit, after) => {
    const filter = { kind: 'report', open: null, states } as const;
    const page = await this.#journal.responses(filter, limit, after);
    const items = page.items.flatMap((t) =>
      t.of === 'report' && (kind === undefined || t.after.kind === kind) ? [t.after] : [],
    );
    return { items, next: page.next };
  };

  eventsOf: Reports['eventsOf'] = async (id) =>
    (await this.#journal.responseEvents(id)).flatMap((e) => (e.of === 'report' ? e : []));

  /** The same period once more, with what is known by now. */
  async #countAgain(before: Report): Promise<{ readonly seq: EventSeq; readonly figures: ReportFigures }> {
    const seq = await this.#journal.lastBefore(this.#clock.now() + 1);
    const { kind, area, incident, from, to } = before;
    return { seq, figures: await this.#count({ kind, area, incident, period: { from, to } }, seq) };
  }

  async #wanted({ kind, from, area, incident }: ReportWish): Promise<Result<Wanted, Refusal>> {
    const now = this.#clock.now();
    if (kind === 'incident') {
      const found = incident === null ? null : await this.#incident(incident);
      if (found === null) return no({ code: 'incident-unknown', detail: null });
      const period = { from: found.madeAt, to: (found.closedAt ?? now) + 1 };
      return ok({ kind, area: found.areas[0] ?? null, incident, period });
    }
    const whole = from === null ? this.lastOf(kind, now) : this.#periodAt(kind, from);
    const period = { from: whole.from, to: Math.min(whole.to, now) };
    if (period.from >= period.to) return no({ code: 'report-period', detail: null });
    return ok({ kind, area, incident: null, period });
  }

  /** The last period of a kind that is over: shifts as the roster of the centre has them. */
  lastOf(kind: Exclude<Report['kind'], 'incident'>, now: Millis): Period {
    return kind === 'shift' ? this.#shifts().last(now) : lastPeriod(kind, now);
  }

  #periodAt(kind: Exclude<Report['kind'], 'incident'>, at: Millis): Period {
    return kind === 'shift' ? this.#shifts().at(at) : periodAt(kind, at);
  }

  #shifts(): Shifts {
    const { book } = this.#core.notices;
    const centres = book.units().filter((u) => u.kind === 'centre');
    return new Shifts(centres.flatMap((u) => book.roster(u.code) ?? []));
  }

  async #incident(id: Report['incident']): Promise<Incident | null> {
    const found = id === null ? null : await this.#journal.response(id);
    return found?.of === 'incident' ? found.after : null;
  }

  async #count({ period, area, incident: id }: Wanted, upTo: EventSeq): Promise<ReportFigures> {
    const incident = await this.#incident(id);
    const sees = this.#within(incident === null ? area : null);
    return gatherPeriod(this.#journal, {
      period,
      sees,
      upTo,
      incident,
      facts: this.#facts(period, incident === null ? sees : () => false),
      breathe: this.#breathe,
    });
  }

  #facts(period: Period, sees: (area: AreaCode) => boolean): PeriodFacts {
    const { register } = this.#core;
    const names = new Map<LifelineKey, string>(this.#packs.map((p) => [p.lifeline, p.name.zh]));
    const depths = this.#packs.flatMap((p) =>
      p.forecast === undefined ? [] : [`${p.lifeline}/${p.forecast.metric}`],
    );
    return {
      points: pointFacts(register, { period, sees, nameOf: (l) => names.get(l) ?? null }),
      nameOf: (lifeline) => names.get(lifeline) ?? lifeline,
      depths: new Set(depths),
      placeOf: ({ point, asset }) =>
        (point === null ? undefined : register.point(point)?.place) ??
        (asset === null ? undefined : register.asset(asset)?.place) ??
        null,
      skills: this.#skill().flatMap(({ lifeline, unit, scored, model }): ForecastSkillRow[] => {
        const said = scored.filter((s) => s.skill.n > 0);
        const basis = said.length > 0 ? 'said' : 'fit';
        return (said.length > 0 ? said : (model?.skills ?? [])).map((s) => ({ ...s, lifeline, unit, basis }));
      }),
    };
  }

  #within(area: AreaCode | null): (area: AreaCode) => boolean {
    if (area === null) return () => true;
    const { register } = this.#core;
    return (code) => maySeeArea([area], code, (a) => register.area(as.area(a))?.parent);
  }
}

/** `BG20261201-1234`: the day in Beijing, and the place in the journal, which no other has. */
function numberOf(at: Millis, seq: number): string {
  const day = new Date(at + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
  return `BG${day}-${String(seq).padStart(4, '0')}`;
}
