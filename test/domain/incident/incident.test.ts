import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { areTogether, type Correlation, countOf, looksAt } from '../../../src/domain/incident/correlation.ts';
import { decideIncident } from '../../../src/domain/incident/decide.ts';
import { evolveIncident } from '../../../src/domain/incident/evolve.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { OpenIncidents } from '../../../src/domain/incident/open-incidents.ts';
import { metresBetween } from '../../../src/domain/metres-between.ts';
import { minutes } from '../../../src/domain/time.ts';
import { CORRELATIONS } from '../../../src/packs/correlations.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { T0 } from '../order/build.ts';
import {
  became,
  close,
  control,
  correlate,
  join,
  make,
  printed,
  review,
  split,
  step,
  suspect,
  tick,
} from './table.ts';

const docs = readFileSync(new URL('../../../docs/incidents.md', import.meta.url), 'utf8');

test('the docs’ table of an incident is what decide does', () => {
  expect(docs.split('<!-- decide: incident -->\n')[1]?.split('\n<!-- end -->')[0]).toBe(printed());
});

const HEAD =
  '| correlation | by | k (forms from) | counted | within | reach | sure | level |\n|---|---|---|---|---|---|---|---|\n';
const correlationRows = (): string =>
  HEAD +
  CORRELATIONS.map((c) => {
    const reach = c.same === null ? `${c.withinM} m` : `the same ${c.same}`;
    return `| ${[`${c.name.zh} \`${c.id}\``, c.by, `${c.k} (${c.formsFrom})`, c.counted, `${c.within / 60_000} min`, reach, c.confidence, c.raises === 1 ? '+1' : ''].join(' | ')} |`;
  }).join('\n');

test('the docs list every correlation', () => {
  expect(docs.split('<!-- correlations -->\n')[1]?.split('\n<!-- end correlations -->')[0]).toBe(
    correlationRows(),
  );
});

test('every rule that a correlation names is one of a pack’s', () => {
  const rules = new Set(PACKS.flatMap((p) => p.rules.map((r) => r.id as string)));
  const named = CORRELATIONS.flatMap((c) => c.sides.flat()).filter((r) => !r.endsWith('*'));
  expect(named.filter((r) => !rules.has(r))).toEqual([]);
});

const gas = CORRELATIONS.find((c) => c.id === 'gas-spread') as Correlation;
const burst = CORRELATIONS.find((c) => c.id === 'pipe-burst') as Correlation;
const one = CORRELATIONS.find((c) => c.id === 'one-asset') as Correlation;

describe('what belongs together', () => {
  test('distance is measured along the ground', () => {
    expect(metresBetween({ lon: 115.78, lat: 33.85 }, { lon: 115.78, lat: 33.86 })).toBeCloseTo(1_112, -1);
    expect(metresBetween({ lon: 115.78, lat: 33.85 }, { lon: 115.79, lat: 33.85 })).toBeCloseTo(923, -1);
  });
  test.each([
    ['near and soon', {}, true],
    ['too far', { at: { lon: 115.79, lat: 33.85 } }, false],
    ['too late', { raisedAt: T0 + minutes(31) }, false],
    ['not placed', { at: null }, false],
    ['not placed, and the same asset', { at: null, asset: as.asset('W-A1') }, true],
  ])('%s: %o', (_, more, answer) => {
    expect(areTogether(gas, suspect('A1'), suspect('A2', more))).toBe(answer);
  });
  test('one asset alone is no spreading, two are', () => {
    expect(countOf(gas, [suspect('A1'), suspect('A2', { asset: as.asset('W-A1') })])).toBe(1);
    expect(countOf(gas, [suspect('A1'), suspect('A2')])).toBe(2);
  });
  test('across lines all sides must be there', () => {
    const pressure = suspect('A1', { rule: as.rule('water-supply.pressure.limit') });
    const road = suspect('A2', { rule: as.rule('waterlogging.depth.limit') });
    expect([
      countOf(burst, [pressure, suspect('A3', { rule: pressure.rule })]),
      countOf(burst, [pressure, road]),
    ]).toEqual([0, 2]);
  });
  test('what is wrong with a device says nothing of its asset', () => {
    expect([
      looksAt(one, 'gas.o2.limit'),
      looksAt(one, 'gas.any.silence'),
      looksAt(one, 'gas.batteryLow.flag'),
    ]).toEqual([true, false, false]);
  });
});

describe('by what the register says of a point', () => {
  const silent = CORRELATIONS.find((c) => c.id === 'gateway-silent') as Correlation;
  const behind = (alarm: string, gateway?: string) =>
    suspect(alarm, {
      rule: as.rule('gas.any.silence'),
      at: null,
      ...(gateway === undefined ? {} : { joining: { gateway } }),
    });
  test('behind one gateway, wherever they are; another gateway, or none that is known, is none', () => {
    const of = (a?: string, b?: string) => areTogether(silent, behind('A1', a), behind('A2', b));
    expect([of('G1', 'G1'), of('G1', 'G2'), of('G1'), of()]).toEqual([true, false, false, false]);
  });
  test('three silent devices behind it are one incident, two are forming; gas among them is none of it', () => {
    const two = [behind('A1', 'G1'), behind('A2', 'G1')];
    expect([countOf(silent, two), silent.formsFrom, silent.k]).toEqual([2, 2, 3]);
    expect(looksAt(silent, 'gas.ch4.limit')).toBe(false);
  });
  test('on one pipe, farther apart than any distance would join them', () => {
    const pipe = CORRELATIONS.find((c) => c.id === 'gas-on-pipe') as Correlation;
    const on = (alarm: string, lat: number, name: string) =>
      suspect(alarm, { at: { lon: 115.78, lat }, joining: { pipe: name } });
    expect(areTogether(pipe, on('A1', 33.85, 'R7'), on('A2', 33.95, 'R7'))).toBe(true);
    expect(areTogether(pipe, on('A1', 33.85, 'R7'), on('A2', 33.8501, 'R8'))).toBe(false);
  });
});

describe('its members', () => {
  test('its level only rises, whoever leaves', () => {
    const graver = became(make(), join);
    expect(graver.level).toBe(2);
    const without = decideIncident(graver, { ...split, alarms: [as.alarm('A3')] } as typeof split, T0);
    expect(without.ok && without.value.reduce(evolveIncident, graver).level).toBe(2);
  });
  test('the machine does not put back what a person took out; a person may', () => {
    const out = became(make(), split);
    const again = { ...correlate, members: [suspect('A2')] } as typeof correlate;
    expect(decideIncident(out, again, T0)).toEqual({ ok: true, value: [] });
    const person = { ...join, members: [suspect('A2')] } as typeof join;
    expect(became(make(), split, person).members.map((m) => m.alarm)).toEqual(['A1', 'A2']);
  });
  test('never all of them are taken out', () => {
    const all = { ...split, alarms: [as.alarm('A1'), as.alarm('A2')] } as typeof split;
    expect(decideIncident(became(make()), all, T0)).toMatchObject({ error: { code: 'incident-empty' } });
  });
});

describe('steps of a plan', () => {
  const untick = { ...tick, isDone: false } as typeof tick;
  test('are ticked once, by whom and when, and a tick is taken back', () => {
    const ticked = became(make(), tick);
    expect(ticked.steps).toMatchObject([{ ...step, at: T0 }]);
    expect(decideIncident(ticked, tick, T0)).toEqual({ ok: true, value: [] });
    expect(became(make(), tick, untick).steps).toEqual([]);
    expect(decideIncident(became(make()), untick, T0)).toEqual({ ok: true, value: [] });
  });
  test('a step is known by its words: put in another place it is ticked still, worded anew it is another', () => {
    const ticked = became(make(), tick);
    const moved = { ...tick, step: { ...step, step: 4 } } as typeof tick;
    expect(decideIncident(ticked, moved, T0)).toEqual({ ok: true, value: [] });
    expect(
      became(make(), tick, { ...tick, step: { ...step, text: '疏散' } } as typeof tick).steps,
    ).toHaveLength(2);
  });
});

describe('where an alarm is', () => {
  const first = became(make(), control, close);
  const reviewed = became(make(), control, close, review);
  const second = { ...became(make()), id: as.incident('I2'), madeAt: T0 + 1 };
  const over = { ...became(make(), control, close, review), id: as.incident('I2'), madeAt: T0 + 1 };
  const of = (...incidents: Incident[]) => {
    const open = new OpenIncidents();
    for (const i of incidents) open.put(i);
    return open.of(as.alarm('A1'))?.id ?? null;
  };

  test('in the one that takes alarms, whatever becomes of an older one that is closed', () => {
    expect(of(first)).toBe('I1');
    expect(of(first, second)).toBe('I2');
    expect(of(second, first)).toBe('I2');
    expect(of(first, second, reviewed)).toBe('I2');
  });

  test('back in the closed one when the other is over; the same after a restart', () => {
    expect(of(first, second, over)).toBe('I1');
    expect(of(first)).toBe('I1');
    expect(of(first, second, over, reviewed)).toBe(null);
  });
});
