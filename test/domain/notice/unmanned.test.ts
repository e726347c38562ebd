import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICIES } from '../../../src/domain/notice/default-policies.ts';
import type { NoticePolicy } from '../../../src/domain/notice/policy.ts';
import { unmannedUnits } from '../../../src/domain/notice/unmanned.ts';
import { aContact, aDirectory, aPolicy, aRung, aUnit, T0 } from './a-city.ts';

const HOUR = 3_600_000;
const centre = aUnit('centre-1', 'centre');
const crew = aUnit('crew-1', 'crew');
const wang = aContact('wang', 'centre-1', 'duty');
const codes = (policies: readonly NoticePolicy[], given: Parameters<typeof aDirectory>[0], at = T0) =>
  unmannedUnits(policies, aDirectory(given), at).map((u) => u?.code ?? null);

describe('nobody on duty', () => {
  it('is said of the centre that is not there, and of one without a person', () => {
    expect(codes(DEFAULT_POLICIES, {})).toEqual([null]);
    expect(codes(DEFAULT_POLICIES, { units: [centre] })).toEqual(['centre-1']);
    expect(codes(DEFAULT_POLICIES, { units: [centre], contacts: [wang] })).toEqual([]);
  });

  it('is said for as long as a roster names nobody, and not a moment longer', () => {
    const shift = { from: T0, to: T0 + HOUR, duty: [wang.id], leader: [] };
    const given = {
      units: [centre],
      contacts: [wang],
      rosters: [{ unit: centre.code, shifts: [shift] }],
    };
    const at = (t: number) => codes(DEFAULT_POLICIES, given, t);
    expect([at(T0 - 1), at(T0), at(T0 + HOUR - 1), at(T0 + HOUR)]).toEqual([
      ['centre-1'],
      [],
      [],
      ['centre-1'],
    ]);
  });

  it('is not said of whom no policy calls, or one that is off', () => {
    const units = [centre, crew];
    const contacts = [wang];
    expect(codes(DEFAULT_POLICIES, { units, contacts })).toEqual([]);
    const calls = aPolicy('p', {
      rungs: [aRung(0, { to: [{ unit: { code: crew.code }, post: 'duty' }] })],
    });
    expect(codes([calls], { units, contacts })).toEqual(['crew-1']);
    expect(codes([{ ...calls, enabled: false }], { units, contacts })).toEqual([]);
    const leader = aPolicy('l', {
      rungs: [aRung(0, { to: [{ unit: { code: crew.code }, post: 'leader' }] })],
    });
    expect(codes([leader], { units, contacts })).toEqual([]);
  });
});
