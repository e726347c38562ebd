import { castOnto } from '../../domain/drill/cast.ts';
import type { Drill } from '../../domain/drill/drill.ts';
import type { JournaledDrilled } from '../../domain/drill/drilled.ts';
import type { DrillScript } from '../../domain/drill/script.ts';
import { sheetOf } from '../../domain/drill/sheet.ts';
import { as, type DrillId } from '../../domain/ids.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Asset, Point } from '../../domain/register/register.ts';
import { no, type Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import { TOPIC_ROOT } from '../../wire/mqtt/topics.ts';
import { type Core, contentOf } from '../core/core.ts';
import type { DrillPlot, DrillScenarios, Drills } from '../ports/answering/drills.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Turn } from '../turn.ts';

/** A drill of more places than these is no drill that a desk could follow. */
const PLACES_AT_MOST = 20;
/** Events read at once for a sheet. */
const PAGE = 2_000;

type Cast = readonly (Point | null)[];

/** The office where people begin and end drills, and read what came of them. */
export class DrillOffice implements Drills {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #journal: Pick<Journal, 'drill' | 'drills' | 'drilledEvents' | 'toldOf'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #scenarios: DrillScenarios;
  readonly #newId: (now: Millis) => DrillId;
  readonly #endsOnRed: boolean;

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: Pick<Journal, 'drill' | 'drills' | 'drilledEvents' | 'toldOf'>;
    clock: Pick<Clock, 'now'>;
    scenarios: DrillScenarios;
    newId: (now: Millis) => DrillId;
    /** The house's word: a real red alarm ends a drill. */
    endsOnRed: boolean;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#journal = given.journal;
    this.#clock = given.clock;
    this.#scenarios = given.scenarios;
    this.#newId = given.newId;
    this.#endsOnRed = given.endsOnRed;
  }

  scenarios: Drills['scenarios'] = () => this.#scenarios.list();
  drill: Drills['drill'] = (id) => this.#journal.drill(id);
  list: Drills['list'] = (limit, after) => this.#journal.drills(limit, after);

  begin: Drills['begin'] = async (wish, asked, who) => {
    const plot = await this.#scenarios.plot(wish.scenario, this.#clock.now());
    if (plot === null) return no({ code: 'drill-scenario-unknown', detail: null });
    const earlier = this.#core.answerTo(asked.commandId);
    const known = earlier?.verb === 'begin' ? await this.drill(as.drill(earlier.alarmId)) : null;
    return this.#turn.tell((draft): Result<Drill, Refusal> => {
      const id = known?.id ?? this.#newId(draft.at);
      const command = { ...asked, do: 'begin' };
      return this.#core.once({ of: id, now: known, command, content: contentOf(wish) }, draft, () => {
        if (wish.area !== null && !who.sees(wish.area)) return no({ code: 'foreign-area', detail: null });
        const cast = this.#cast(plot, wish.area, who.sees);
        const points = cast.flatMap((p) => p ?? []);
        if (cast[0] == null) return no({ code: 'drill-nowhere', detail: null });
        const { scenario } = plot;
        const birth = {
          id,
          scenario: scenario.key,
          title: scenario.title,
          lifelines: scenario.lifelines,
          areas: [...new Set(points.map((p) => p.area))],
          points: points.map((p) => p.code),
          notices: wish.notices,
          endsOnRed: this.#endsOnRed,
          lasts: scenario.lasts,
        };
        return this.#core.drills.begin(birth, this.#script(id, plot, cast), asked, draft);
      });
    });
  };

  end: Drills['end'] = async (id, asked, who) => {
    const durable = await this.drill(id);
    return this.#turn.tell((draft): Result<Drill, Refusal> => {
      const now = this.#core.drills.world(id)?.drill ?? durable;
      if (now === null || !now.areas.some((a) => who.sees(a)))
        return no({ code: 'drill-unknown', detail: null });
      const command = { ...asked, do: 'end' };
      return this.#core.once({ of: id, now, command, content: contentOf(command) }, draft, () =>
        this.#core.drills.end(id, 'person', asked, draft),
      );
    });
  };

  sheet: Drills['sheet'] = async (drill) => {
    const events: JournaledDrilled[] = [];
    for (;;) {
      const page = await this.#journal.drilledEvents(drill.id, as.seq(events.at(-1)?.seq ?? 0), PAGE);
      events.push(...page);
      if (page.length < PAGE) break;
    }
    return sheetOf(events, await this.#notices(events), drill.endedAt ?? this.#clock.now());
  };

  async #notices(events: readonly JournaledDrilled[]) {
    const { book } = this.#core.notices;
    const subjects = new Set<string>();
    for (const e of events) {
      if (e.of === 'alarm' || e.of === 'order') subjects.add(e.after.id);
      if (e.of === 'warning')
        for (const { unit } of e.after.recipients) subjects.add(`${e.after.id}-${unit}`);
    }
    const told: Notice[] = [];
    for (const subject of subjects)
      for (const entry of await this.#journal.toldOf(subject))
        if (entry.is === 'notice') told.push(entry.notice);
    return told.map((notice) => {
      const contact = notice.contact === null ? undefined : book.contact(notice.contact);
      const name = contact?.name ?? book.channel(notice.channel)?.name ?? notice.channel;
      return { notice, name, unit: contact?.unit ?? null };
    });
  }

  #cast(plot: DrillPlot, area: string | null, sees: (area: string) => boolean): Cast {
    const { register, points, notices } = this.#core;
    const free = register
      .points()
      .filter(
        (p) =>
          p.outOfService === null &&
          sees(p.area) &&
          (area === null || p.area.startsWith(area) || notices.liesIn(p.area, [area as Point['area']])),
      );
    return castOnto(
      plot.cast.slice(0, PLACES_AT_MOST),
      free,
      (p) => new Set(points.of(p.code)?.latest.keys() ?? []),
    );
  }

  /** What the devices say, each at its place; those that found none say nothing. */
  #script(drill: DrillId, plot: DrillPlot, cast: Cast): DrillScript {
    const points = cast.flatMap((p) => p ?? []);
    const assets = new Map<string, Asset>();
    for (const { asset } of points) {
      const found = asset === null ? undefined : this.#core.register.asset(asset);
      if (found !== undefined) assets.set(found.code, found);
    }
    return {
      drill,
      assets: [...assets.values()],
      points,
      devices: points.map(({ code, lifeline }) => ({
        code: as.device(code),
        lifeline,
        point: code,
        vendor: null,
        serial: null,
        installedAt: null,
        unverified: false,
      })),
      steps: plot.steps.flatMap(({ after, by, payload }) => {
        const point = cast[by];
        return point == null
          ? []
          : [{ after, topic: `${TOPIC_ROOT}/${point.lifeline}/${point.code}/telemetry`, payload }];
      }),
    };
  }
}
