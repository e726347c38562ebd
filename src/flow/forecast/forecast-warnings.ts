import type { PointCode, WarningId } from '../../domain/ids.ts';
import { as } from '../../domain/ids.ts';
import { SYSTEM } from '../../domain/response/event.ts';
import { hours, type Millis, minutes } from '../../domain/time.ts';
import { isWarningOpen } from '../../domain/warning/warning.ts';
import type { Core } from '../core/core.ts';
import type { Forecast } from '../ports/ahead/forecasts.ts';
import type { Clock } from '../ports/clock.ts';
import type { ResponseIds } from '../ports/ids.ts';
import type { Turn } from '../turn.ts';

/** Only what closes a road or restricts it is worth a draft. */
const FROM_LEVEL = 2;
/** One flood, one draft: discarded or lifted, it is not drafted anew for so long. */
const NOT_AGAIN = hours(3);

/** Drafts a warning 预警 where a forecast says that a limit will be passed: for a person to issue, or not. No alarm comes of it. */
export class ForecastWarnings {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #ids: Pick<ResponseIds, 'warning'>;
  readonly #clock: Clock;
  readonly #drafted = new Map<PointCode, { readonly id: WarningId; readonly at: Millis }>();

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    ids: Pick<ResponseIds, 'warning'>;
    clock: Clock;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#ids = given.ids;
    this.#clock = given.clock;
  }

  openAt(code: PointCode): WarningId | null {
    const id = this.#drafted.get(code)?.id;
    const warning = id === undefined ? undefined : this.#core.warnings.open.get(id);
    return warning !== undefined && isWarningOpen(warning) ? warning.id : null;
  }

  async draft(forecasts: readonly Forecast[]): Promise<void> {
    const now = this.#clock.now();
    for (const f of forecasts) {
      const closes = f.reaches.find((r) => r.level <= FROM_LEVEL);
      const before = this.#drafted.get(f.point);
      if (closes === undefined || (before !== undefined && now - before.at < NOT_AGAIN)) continue;
      await this.#turn.tell((draft) => {
        const point = this.#core.register.point(f.point);
        const state = this.#core.points.of(f.point);
        const rule = state?.plan.rules.get(f.rule);
        const step = rule?.steps.find((s) => s.level === closes.level);
        if (point === undefined || rule === undefined || step === undefined) return;
        // Whoever works on a warning of this very place needs no second one.
        const alarms = [...(state?.alarms.values() ?? [])]
          .filter((a) => a.metric === f.metric)
          .map((a) => a.id);
        const isWarned = [...this.#core.warnings.open.values()].some((w) =>
          w.basis.alarms.some((a) => alarms.includes(a)),
        );
        if (isWarned) return;
        const id = this.#ids.warning(draft.at);
        const place = this.#core.register.asset(point.asset ?? as.asset(''))?.name ?? point.name;
        const area = this.#core.register.area(point.area)?.name ?? '';
        const made = this.#core.warnings.command(
          null,
          {
            do: 'create',
            by: SYSTEM,
            commandId: as.command(`forecast-${id}`),
            birth: {
              id,
              lifeline: point.lifeline,
              status: 'actual',
              basis: { alarms, incident: null },
              issuer: null,
              recipients: [],
              level: closes.level,
              kind: `${rule.name.zh}（预报）`,
              areas: [point.area],
              areaText: `${area}${place}`,
              text: textOf(f, closes, place),
              instruction: step.advice.zh,
              expires: draft.at + hours(1) + minutes(closes.inMin),
            },
          },
          draft,
        );
        if (made.ok) this.#drafted.set(f.point, { id, at: draft.at });
      });
    }
  }
}

function textOf(f: Forecast, r: Forecast['reaches'][number], place: string): string {
  const range =
    r.soonestMin === null && r.latestMin === null
      ? ''
      : `（${r.soonestMin ?? r.inMin}–${r.latestMin ?? '30 以上'}）`;
  // P50 passes it: rather likely than not.
  const isLikely = f.ahead.some((a) => a.p50 >= r.limit);
  const skill = f.model?.skills.find((s) => s.horizon === 10 && s.limit === r.limit)?.skill;
  const past =
    skill === undefined || skill.pod === null || skill.far === null
      ? ''
      : `，提前 10 分钟报中 ${percent(skill.pod)}、空报 ${percent(skill.far)}`;
  return `${place}现 ${f.now?.toFixed(0)} ${f.unit}，预计 ${r.inMin} 分钟${range}后达 ${r.limit} ${f.unit}（${isLikely ? '较可能' : '可能'}）。依据近半小时水深趋势和 ${f.model?.events ?? 0} 次历史积水${past}；系统拟稿，须人工研判后发布。`;
}

const percent = (x: number): string => `${Math.round(100 * x)} %`;
