import { describe, expect, it } from 'vitest';
import type { Incident, Warning } from '../../../dashboards/console/src/api/answers.ts';
import { followsOf } from '../../../dashboards/console/src/state/response-board.ts';
import {
  isIncidentOver,
  isWarningOver,
  NO_THINGS,
  taken,
} from '../../../dashboards/console/src/state/things.ts';

const warning = (id: string, more: Partial<Warning> = {}): Warning => ({
  id,
  state: 'issued',
  overdue: false,
  level: 3,
  lifeline: 'x',
  kind: '泄漏',
  areas: ['3416'],
  areaText: '一号井',
  status: 'actual',
  text: '',
  instruction: '',
  basis: { alarms: ['A1'] },
  effective: null,
  expires: '2026-06-01T14:00:00.000Z',
  issuer: null,
  drafter: 'li',
  recipients: [],
  messages: [],
  draftedAt: '2026-06-01T08:00:00.000Z',
  revision: 1,
  ...more,
});
const incident = (id: string, more: Partial<Incident> = {}): Incident => ({
  id,
  state: 'open',
  level: 3,
  kind: 'person',
  name: { zh: '一起', en: 'one' },
  lifelines: [],
  area: null,
  areas: [],
  alarms: ['A1', 'A2'],
  reasons: [],
  madeAt: '2026-06-01T08:00:00.000Z',
  steps: [],
  revision: 1,
  ...more,
});
const of = (warnings: readonly Warning[], incidents: readonly Incident[] = []) =>
  followsOf(
    warnings.reduce(
      (all, w) => taken<Warning>(all, w, isWarningOver),
      NO_THINGS as Parameters<typeof followsOf>[0],
    ),
    incidents.reduce(
      (all, i) => taken<Incident>(all, i, isIncidentOver),
      NO_THINGS as Parameters<typeof followsOf>[1],
    ),
  );

describe('what follows an alarm', () => {
  it('is said of each alarm of a warning and of an incident, and of no other', () => {
    const found = of([warning('W1')], [incident('I1')]);
    expect([found.get('A1')?.warning?.id, found.get('A1')?.incident?.id]).toEqual(['W1', 'I1']);
    expect([found.get('A2')?.warning, found.get('A2')?.incident?.id]).toEqual([null, 'I1']);
    expect(found.has('A3')).toBe(false);
  });

  it.each([
    [
      'in force goes before a graver draft',
      [warning('W1'), warning('W2', { state: 'draft', level: 1 })],
      'W1',
    ],
    ['of two in force the graver one', [warning('W1', { level: 2 }), warning('W2')], 'W1'],
    [
      'of two alike the newer one',
      [warning('W1', { draftedAt: '2026-06-01T09:00:00.000Z' }), warning('W2')],
      'W1',
    ],
  ])('one warning is told: %s', (_, warnings, told) => {
    expect(of(warnings).get('A1')?.warning?.id).toBe(told);
    expect(of([...warnings].reverse()).get('A1')?.warning?.id).toBe(told);
  });

  it('what is over follows no more', () => {
    const over = of(
      [warning('W1', { state: 'lifted' }), warning('W2', { state: 'discarded' })],
      [incident('I1', { state: 'reviewed' }), incident('I2', { mergedInto: 'I3' })],
    );
    expect(over.size).toBe(0);
  });
});
