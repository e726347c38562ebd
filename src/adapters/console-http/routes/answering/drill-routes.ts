import type { Drill } from '../../../../domain/drill/drill.ts';
import type { DrillSpan, DrillSum } from '../../../../domain/drill/sheet.ts';
import { as } from '../../../../domain/ids.ts';
import { actorName, iso } from '../../../../wire/alarm.ts';
import { drillToJson } from '../../../../wire/response/drill.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { granted } from '../notices/granted.ts';
import { numberCursor } from '../paging.ts';
import { asked, type Who } from '../response/asked.ts';

type Names = 'drillScenarios' | 'drills' | 'beginDrill' | 'drill' | 'drillEvents' | 'drillSheet' | 'endDrill';

const PAGES = 50;

export function drillRoutes({ drills, journal, clock }: Services): Pick<Handlers, Names> {
  /** @throws HttpProblem where it lies in no area of theirs */
  async function theirs(id: string, { sees }: Pick<Who, 'sees'>): Promise<Drill> {
    const drill = await drills.drill(as.drill(id));
    if (drill === null) throw new HttpProblem('drill-unknown');
    if (!drill.areas.some(sees)) throw hidden('drill-unknown');
    return drill;
  }

  return {
    drillScenarios: async () => ({
      items: (await drills.scenarios()).map(({ key, title, lifelines, lasts }) => ({
        key,
        title,
        lifelines: [...lifelines],
        lastsMin: Math.round(lasts / 60_000),
      })),
      next: null,
    }),
    drills: async ({ query, sees }) => {
      const items: Drill[] = [];
      let after = query.after ?? null;
      for (let pages = 0; ; pages++) {
        const page = await drills.list(query.limit - items.length, after);
        items.push(...page.items.filter((d) => d.areas.some(sees)));
        after = page.next;
        if (after === null || items.length >= query.limit || pages >= PAGES) break;
      }
      return { items: items.map(drillToJson), next: after };
    },
    beginDrill: async ({ body, session, sees }) => {
      const wish = {
        scenario: body.scenario,
        area: body.area === undefined ? null : as.area(body.area),
        notices: body.notices,
      };
      return drillToJson(granted(await drills.begin(wish, asked(body, session), { unit: null, sees })));
    },
    drill: async ({ params, sees }) => drillToJson(await theirs(params.id, { sees })),
    drillEvents: async ({ params, query, sees }) => {
      const { id } = await theirs(params.id, { sees });
      const events = await journal.drilledEvents(id, as.seq(numberCursor(query.after) ?? 0), query.limit + 1);
      const shown = events.slice(0, query.limit);
      return {
        items: shown.map((e) => ({
          seq: e.seq,
          of: e.of,
          id: e.after.id,
          event: e.event.change.kind,
          at: iso(e.event.at),
          by: actorName(e.event.by),
        })),
        next: events.length > query.limit ? String(shown.at(-1)?.seq) : null,
      };
    },
    drillSheet: async ({ params, sees }) => {
      const drill = await theirs(params.id, { sees });
      const sheet = await drills.sheet(drill);
      const until = drill.endedAt ?? clock.now();
      return {
        drill: drillToJson(drill),
        spans: sheet.spans.map((s) => spanJson(s, until)),
        byPerson: sheet.byPerson.map(({ name, sums }) => ({ name, sums: sums.map(sumJson) })),
        byUnit: sheet.byUnit.map(({ unit, sums }) => ({ unit, sums: sums.map(sumJson) })),
      };
    },
    endDrill: async ({ params, body, session, sees }) => {
      await theirs(params.id, { sees });
      const done = await drills.end(as.drill(params.id), asked(body, session), { unit: null, sees });
      return drillToJson(granted(done));
    },
  };
}

const spanJson = ({ what, subject, from, at, dueAt, who, unit }: DrillSpan, until: number) => ({
  what,
  subject,
  from: iso(from),
  at: at === null ? null : iso(at),
  tookS: at === null ? null : (at - from) / 1_000,
  dueAt: dueAt === null ? null : iso(dueAt),
  late: dueAt === null ? null : (at ?? until) > dueAt,
  who: who?.name ?? null,
  unit,
});

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);
const sumJson = ({ median, worst, ...rest }: DrillSum) => ({
  ...rest,
  medianS: seconds(median),
  worstS: seconds(worst),
});
