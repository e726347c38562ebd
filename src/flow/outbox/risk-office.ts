import { as } from '../../domain/ids.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import { type Asset, isWorking } from '../../domain/register/register.ts';
import type { Filed } from '../../domain/response/filed.ts';
import { no, ok } from '../../domain/result.ts';
import type { Diagnosis } from '../../domain/risk/diagnosis.ts';
import { stepDiagnosis } from '../../domain/risk/diagnosis.ts';
import { healthIndex, indicatorOf } from '../../domain/risk/health-index.ts';
import { DEFAULT_CUTS, type LiveState, type RiskInputs, riskOf } from '../../domain/risk/risk.ts';
import { days, type Millis, minutes } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import type { Draft } from '../core/draft.ts';
import type { RiskRow, Risks } from '../ports/answering/risks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Turn } from '../turn.ts';

/** Alarms of so long ago count for an asset's likelihood, and points that come back count within it. */
const YEAR = days(365);
/** What was counted over a year holds for so long: it moves by a few in a day. */
const COUNTED_FOR = minutes(5);
const PAGE = 5_000;

type Raised = {
  readonly asset: string | null;
  readonly point: string;
  readonly area: string;
  readonly at: Millis;
  readonly real: boolean;
  readonly judged: boolean;
};

/** The office for static risk, findings of the six steps, and the index that goes with both. */
export class RiskOffice implements Risks {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #journal: Pick<Journal, 'briefEvents' | 'response'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #newId: (now: Millis) => string;
  #year: { readonly at: Millis; readonly raised: Promise<readonly Raised[]> } | null = null;

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: Pick<Journal, 'briefEvents' | 'response'>;
    clock: Pick<Clock, 'now'>;
    newId: (now: Millis) => string;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#journal = given.journal;
    this.#clock = given.clock;
    this.#newId = given.newId;
  }

  list: Risks['list'] = async ({ area, sees }) => {
    const rows = await this.#rowsOf(
      this.#core.register
        .assets()
        .filter((a) => sees(a.area) && (area === undefined || a.area.startsWith(area))),
    );
    return rows;
  };

  one: Risks['one'] = async (asset) => (await this.#rowsOf([asset]))[0] as RiskRow;

  assess: Risks['assess'] = (asset, said, seen, { account, name }) =>
    this.#turn.tell((draft) => {
      const before = this.#core.risks.inputs(asset);
      if (seen !== (before?.revision ?? 0)) return no({ code: 'changed-since', detail: null });
      const inputs: RiskInputs = { asset, said, revision: seen + 1, at: draft.at, by: { account, name } };
      this.#file({ is: 'risk-inputs', inputs }, draft);
      return ok(inputs);
    });

  diagnoses: Risks['diagnoses'] = () => this.#core.risks.diagnoses();
  diagnosis: Risks['diagnosis'] = (id) => this.#core.risks.diagnosis(id);

  find: Risks['find'] = ({ value, unit, ...wish }, by) =>
    this.#turn.tell((draft) => {
      if (wish.asset !== null && this.#core.register.asset(wish.asset) === undefined)
        return no(lost(`没有设施 ${wish.asset}`, `There is no asset ${wish.asset}.`));
      if (this.#core.register.area(wish.area) === undefined)
        return no(lost(`没有区域 ${wish.area}`, `There is no area ${wish.area}.`));
      const diagnosis: Diagnosis = {
        ...wish,
        id: this.#newId(draft.at),
        revision: 1,
        examine: { value, unit, at: draft.at, by },
        evaluate: null,
        diagnose: null,
        treat: null,
        recheck: null,
        watch: null,
      };
      this.#file({ is: 'diagnosis', diagnosis }, draft);
      return ok(diagnosis);
    });

  step: Risks['step'] = async (id, act, seen, by) => {
    const order = act.do === 'treat' ? act.order : null;
    if (order !== null && this.#core.orders.find(order, null) === null) {
      const found = await this.#journal.response(order);
      if (found?.of !== 'order') return no(lost(`没有工单 ${order}`, `There is no order ${order}.`));
    }
    const rule = act.do === 'watch' ? act.rule : act.do === 'treat' ? act.rule : null;
    if (rule !== null && this.#core.book.packRule(rule) === undefined)
      return no(lost(`没有规则 ${rule}`, `There is no rule ${rule}.`));
    return this.#turn.tell((draft) => {
      const before = this.#core.risks.diagnosis(id);
      if (before === undefined) return no({ code: 'diagnosis-unknown', detail: null });
      if (seen !== before.revision) return no({ code: 'changed-since', detail: null });
      const after = stepDiagnosis(before, act, by, draft.at);
      if (after.ok) this.#file({ is: 'diagnosis', diagnosis: after.value }, draft);
      return after;
    });
  };

  index: Risks['index'] = async ({ area, from, to, sees }) => {
    const now = this.#clock.now();
    const isThere = (code: string) => sees(code) && (area === null || code.startsWith(area));
    const points = this.#core.register.points().filter((p) => isThere(p.area) && p.outOfService === null);
    const assets = this.#core.register.assets().filter((a) => isThere(a.area));
    const heard = points.filter((p) => this.#isHeard(p.code, now));
    const measured = new Set(heard.map((p) => p.asset));
    const year = (await this.#raisedInAYear()).filter((e) => isThere(e.area));
    const period = year.filter((e) => e.at >= from && e.at < to);
    const perPoint = Map.groupBy(year, (e) => e.point);
    const of = { asOf: now, place: area ?? '' };
    return healthIndex([
      indicatorOf({
        ...{
          key: 'online',
          name: { zh: '监测点在线率', en: 'points on line' },
          standard: ONLINE,
          definitionVersion: 1,
          ...of,
        },
        ...{ numerator: heard.length, denominator: points.length, target: 0.95, better: 'higher' },
      }),
      indicatorOf({
        ...{
          key: 'coverage',
          name: { zh: '设施监测覆盖率', en: 'assets that are measured' },
          standard: OURS,
          definitionVersion: 1,
          ...of,
        },
        ...{
          numerator: assets.filter((a) => measured.has(a.code)).length,
          denominator: assets.length,
          target: 0.8,
          better: 'higher',
        },
      }),
      indicatorOf({
        ...{
          key: 'real-alarms',
          name: { zh: '每百监测点真实报警', en: 'real alarms per point' },
          standard: OURS,
          definitionVersion: 1,
          ...of,
        },
        ...{
          numerator: period.filter((e) => e.real).length,
          denominator: points.length,
          target: 0.05,
          better: 'lower',
        },
      }),
      indicatorOf({
        ...{
          key: 'judged',
          name: { zh: '报警研判率', en: 'alarms that were judged' },
          standard: OURS,
          definitionVersion: 1,
          ...of,
        },
        ...{
          numerator: period.filter((e) => e.judged).length,
          denominator: period.length,
          target: 0.9,
          better: 'higher',
        },
      }),
      indicatorOf({
        ...{
          key: 'repeat-points',
          name: {
            zh: '重复报警点占比（12 个月 3 次及以上）',
            en: 'points that came back three times in 12 months',
          },
          standard: OURS,
          definitionVersion: 1,
          ...of,
        },
        ...{
          numerator: [...perPoint.values()].filter((e) => e.length >= 3).length,
          denominator: points.length,
          target: 0.02,
          better: 'lower',
        },
      }),
    ]);
  };

  async #rowsOf(assets: readonly Asset[]): Promise<readonly RiskRow[]> {
    const { register, risks, desk } = this.#core;
    const now = this.#clock.now();
    const real = Map.groupBy(
      (await this.#raisedInAYear()).filter((e) => e.real),
      (e) => e.asset,
    );
    const working = new Set(
      register
        .works()
        .filter((w) => isWorking(w, now))
        .map((w) => register.point(w.point)?.asset ?? null),
    );
    const live = new Map<string, LiveState>();
    for (const { assetCode, level, overlay } of desk.open.values()) {
      if (assetCode === null || overlay.is !== 'none') continue;
      const known = live.get(assetCode) ?? { level: null, alarms: 0 };
      live.set(assetCode, {
        level: Math.min(known.level ?? 4, level) as LiveState['level'],
        alarms: known.alarms + 1,
      });
    }
    return assets.map((asset) => {
      const inputs = risks.inputs(asset.code);
      const facts = { realAlarms: real.get(asset.code)?.length ?? 0, worksNow: working.has(asset.code) };
      return {
        asset,
        risk: riskOf(asset, inputs?.said ?? {}, facts, { now, cuts: DEFAULT_CUTS }),
        live: live.get(asset.code) ?? { level: null, alarms: 0 },
        revision: inputs?.revision ?? 0,
      };
    });
  }

  #isHeard(point: string, now: Millis): boolean {
    const state = this.#core.points.of(as.point(point));
    if (state === undefined || state.memory.heardAt === 0) return false;
    return now - state.memory.heardAt <= minutes(Math.max(60, state.plan.silentAfter));
  }

  #raisedInAYear(): Promise<readonly Raised[]> {
    const now = this.#clock.now();
    if (this.#year === null || now - this.#year.at >= COUNTED_FOR)
      this.#year = { at: now, raised: this.#read(now - YEAR, now) };
    return this.#year.raised;
  }

  async #read(from: Millis, to: Millis): Promise<readonly Raised[]> {
    const found: Raised[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<Journal['briefEvents']>> = await this.#journal.briefEvents(
        { from, to: to + 1, kinds: ['raised'] },
        PAGE,
        after,
      );
      for (const e of page.items) {
        // Of a platform below, whose index has it.
        if (e.from !== null) continue;
        const { asset, point, area, at, verdict } = e;
        found.push({
          asset,
          point,
          area,
          at,
          real: verdict === 'real',
          judged: verdict !== null && verdict !== 'unclear',
        });
      }
      after = page.next;
    } while (after !== null);
    return found;
  }

  #file(filed: Filed, draft: Draft): void {
    this.#core.risks.take(filed);
    draft.filed.push(filed);
  }
}

/** Targets seen in tenders, none official (docs/plan/response.md A.5). */
const ONLINE = '在线率 ≥ 95 %（招标常见要求，非国家标准）';
const OURS = '本产品定义（docs/risk.md）';

const lost = (zh: string, en: string): Refusal => ({
  code: 'unknown-reference' as RefusalCode,
  detail: { zh, en },
});
