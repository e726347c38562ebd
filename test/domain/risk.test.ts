import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { Asset } from '../../src/domain/register/register.ts';
import { type Diagnosis, isDiagnosisOver, nextStep, stepDiagnosis } from '../../src/domain/risk/diagnosis.ts';
import { healthIndex, indicatorOf } from '../../src/domain/risk/health-index.ts';
import { areaRisk, colourOf, DEFAULT_CUTS, riskOf } from '../../src/domain/risk/risk.ts';

const NOW = Date.UTC(2026, 10, 30);
const pipe = (attributes: Record<string, string> = {}): Asset => ({
  code: as.asset('P1'),
  name: '管段',
  lifeline: as.lifeline('gas'),
  area: as.area('3416'),
  owner: null,
  place: null,
  attributes,
});
const REGISTER = { 年代: '2012', 材质: 'PE100', 压力: '0.3 MPa', 隐患数: '0' };
const SAID = { people: 50, spaceM3: 2, traffic: 'local', criticalUser: false } as const;
const QUIET = { realAlarms: 0, worksNow: false };
const risk = (attributes: Record<string, string>, said: object = SAID, facts = QUIET) =>
  riskOf(pipe(attributes), said, facts, { now: NOW, cuts: DEFAULT_CUTS });

describe('the risk of an asset', () => {
  test('each score is what its parts come to, each with where it came from', () => {
    const r = risk(REGISTER);
    // Built 14 years ago 2, PE 1, 0.3 MPa 3: a mean of 2.
    expect(r.likelihood.parts.map((p) => [p.key, p.input, p.source, p.score])).toEqual([
      ['builtYear', 2012, 'register', 2],
      ['material', 'pe', 'register', 1],
      ['pressureMpa', 0.3, 'register', 3],
      ['realAlarms', 0, 'alarms', 0],
      ['openDefects', 0, 'register', 0],
      ['worksNow', false, 'works', 0],
    ]);
    expect([r.likelihood.score, r.consequence.score, r.product, r.colour]).toEqual([2, 2, 4, 'blue']);
  });

  test('the gravest consequence counts: no mean hides a school behind an empty street', () => {
    expect(risk(REGISTER, { ...SAID, criticalUser: true }).consequence.score).toBe(5);
  });

  test('what happens there adds to the likelihood, up to five', () => {
    expect(risk(REGISTER, SAID, { realAlarms: 1, worksNow: false }).likelihood.score).toBe(3);
    expect(risk(REGISTER, SAID, { realAlarms: 3, worksNow: true }).likelihood.score).toBe(5);
    expect(risk({ ...REGISTER, 隐患数: '2' }, SAID, { realAlarms: 9, worksNow: true }).likelihood.score).toBe(
      5,
    );
  });

  test.each(['年代', '材质', '压力', '隐患数'])('without %s it is grey, and never blue', (missing) => {
    const { [missing]: _, ...rest } = REGISTER as Record<string, string>;
    const r = risk(rest);
    expect([r.colour, r.product, r.missing.length]).toEqual(['grey', null, 1]);
    expect(r.likelihood.score).toBeNull();
    // The parts that are known are shown all the same.
    expect(r.likelihood.parts.filter((p) => p.score !== null)).toHaveLength(5);
  });

  test.each(Object.keys(SAID))('without %s, too', (missing) => {
    const { [missing]: _, ...rest } = SAID as Record<string, unknown>;
    expect(risk(REGISTER, rest)).toMatchObject({ colour: 'grey', missing: [missing] });
  });

  test('what nobody can know is not guessed: a material without a name, a year before there were pipes', () => {
    expect(risk({ ...REGISTER, 材质: '不详' }).colour).toBe('grey');
    expect(risk({ ...REGISTER, 年代: '12' }).colour).toBe('grey');
    expect(risk(REGISTER, { ...SAID, traffic: 'much' }).colour).toBe('grey');
  });

  test('what somebody has assessed goes before the register', () => {
    const r = risk(REGISTER, { ...SAID, builtYear: 1990 });
    expect(r.likelihood.parts[0]).toMatchObject({ input: 1990, source: 'assessed', score: 5 });
  });

  test('colours by the product', () => {
    expect([1, 5, 6, 11, 12, 19, 20, 25, null].map((p) => colourOf(p, DEFAULT_CUTS))).toEqual([
      ...['blue', 'blue', 'yellow', 'yellow', 'orange', 'orange', 'red', 'red', 'grey'],
    ]);
  });

  test('an area wears its gravest, beside the counts', () => {
    const of = (...colours: ReturnType<typeof colourOf>[]) => areaRisk(colours.map((colour) => ({ colour })));
    expect(of('blue', 'red', 'grey', 'blue')).toEqual({
      colour: 'red',
      counts: { red: 1, orange: 0, yellow: 0, blue: 2, grey: 1 },
    });
    expect(of().colour).toBe('grey');
  });
});

describe('a finding', () => {
  const BY = { account: 'li', name: '李' };
  const found: Diagnosis = {
    ...{ id: 'X1', revision: 1, title: '供水漏损', area: as.area('3416'), asset: null, standard: '体检指标' },
    examine: { value: 18, unit: '%', at: 1, by: BY },
    ...{ evaluate: null, diagnose: null, treat: null, recheck: null, watch: null },
  };
  const step = (d: Diagnosis, act: Parameters<typeof stepDiagnosis>[1]) => stepDiagnosis(d, act, BY, 2);
  const go = (d: Diagnosis, ...acts: Parameters<typeof stepDiagnosis>[1][]): Diagnosis =>
    acts.reduce((x, act) => {
      const done = step(x, act);
      if (!done.ok) throw new Error(`${act.do}: ${done.error.code}`);
      return done.value;
    }, d);
  const EVALUATE = { do: 'evaluate', target: 10, better: 'lower' } as const;
  const DIAGNOSE = { do: 'diagnose', cause: '老旧管网' } as const;
  const TREAT = { do: 'treat', order: as.order('O1'), rule: null, measure: '换管' } as const;

  test('goes its six steps, in their order, and is over when a rule watches it', () => {
    const last = go(
      found,
      EVALUATE,
      DIAGNOSE,
      TREAT,
      { do: 'recheck', value: 9 },
      { do: 'watch', rule: as.rule('r') },
    );
    expect([isDiagnosisOver(last), last.revision, nextStep(last)]).toEqual([true, 6, null]);
    const again = step(last, TREAT);
    expect(again.ok ? null : again.error.code).toBe('diagnosis-over');
  });

  test('no step before its turn, and a treatment is an order or a rule', () => {
    const early = step(found, TREAT);
    expect(early.ok ? null : early.error.code).toBe('diagnosis-order');
    const wish = step(go(found, EVALUATE, DIAGNOSE), { ...TREAT, order: null });
    expect(wish.ok ? null : wish.error.code).toBe('diagnosis-measure');
  });

  test('what meets its target is done; what did not help is treated anew', () => {
    expect(isDiagnosisOver(go(found, { ...EVALUATE, target: 20 }))).toBe(true);
    const failed = go(found, EVALUATE, DIAGNOSE, TREAT, { do: 'recheck', value: 15 });
    expect([nextStep(failed), failed.recheck?.meets]).toEqual(['treat', false]);
    expect(nextStep(go(failed, TREAT))).toBe('recheck');
  });
});

describe('the index', () => {
  const of = (
    key: string,
    numerator: number,
    denominator: number,
    better: 'higher' | 'lower' = 'higher',
    target = 0.9,
  ) =>
    indicatorOf({
      ...{ key, name: { zh: key, en: key }, standard: 's', definitionVersion: 1, asOf: 1, place: '' },
      ...{ numerator, denominator, target, better },
    });

  test('comes with the worst item, coverage and the missing share', () => {
    const index = healthIndex([of('coverage', 8, 10), of('a', 9, 10), of('b', 1, 10), of('c', 0, 0)]);
    expect(index).toMatchObject({ worst: { key: 'b', score: 11 }, coverage: 0.8, missingShare: 0.25 });
    expect(index.index).toBe(Math.round((89 + 100 + 11) / 3));
  });

  test('what cannot be divided is missing and not zero; with more than half missing there is no index', () => {
    expect(of('c', 0, 0)).toMatchObject({ value: null, score: null });
    expect(healthIndex([of('a', 9, 10), of('b', 0, 0), of('c', 0, 0)]).index).toBeNull();
    expect(healthIndex([]).index).toBeNull();
  });

  test('less is better where that is what is counted', () => {
    expect([0.02, 0.1, 0.2, 0.3, 0.9].map((n) => of('x', n * 100, 100, 'lower', 0.1).score)).toEqual([
      100, 100, 50, 0, 0,
    ]);
  });
});
