import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { RegisterCommand } from '../../../src/domain/register/commands.ts';
import { decide } from '../../../src/domain/register/decide.ts';
import type { Geometry } from '../../../src/domain/register/geometry.ts';
import type { RegisterEntry } from '../../../src/domain/register/register.ts';
import type { AssetWish, DeviceWish, PointWish } from '../../../src/domain/register/wish.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import { ARegister, CITY } from './a-register.ts';

const NOW = Date.UTC(2026, 5, 1);
const OWN = ['341602'];
const LIFELINES = new Map([
  ['gas', new Set(['ch4', 'co', 'temp'])],
  ['bridge', new Set(['accel', 'crackWidth'])],
]);
const WANG = { account: 'wang', name: '王班长' };

const gas = as.lifeline('gas');
const asset = (code: string, more: Partial<AssetWish> = {}): AssetWish => ({
  kind: 'asset',
  code: as.asset(code),
  ...more,
});
const point = (code: string, more: Partial<PointWish> = {}): PointWish => ({
  kind: 'point',
  code: as.point(code),
  ...more,
});
const device = (code: string, more: Partial<DeviceWish> = {}): DeviceWish => ({
  kind: 'device',
  code: as.device(code),
  ...more,
});
const create = (wish: AssetWish | PointWish | DeviceWish, scope: readonly string[] | null = null) =>
  ({ do: 'create', wish, scope }) as const;
const change = (wish: AssetWish | PointWish | DeviceWish, scope: readonly string[] | null = null) =>
  ({ do: 'change', wish, scope }) as const;
const works = { do: 'open-works', point: as.point('P-341602'), from: null, until: NOW + hours(2) } as const;
const open = (more: object = {}): RegisterCommand =>
  ({ ...works, reason: '清淤', by: WANG, scope: null, second: null, ...more }) as RegisterCommand;

const at = (register: ARegister, command: RegisterCommand, now = NOW) =>
  decide(register.look, command, { now, lifelines: LIFELINES, units: new Set(['gas-co']) });

/** Of a refusal: its code, its flaws by field, and whether it is only that something lies elsewhere. */
function refusal(command: RegisterCommand): readonly unknown[] {
  const done = at(new ARegister(CITY), command);
  if (done.ok) return ['done'];
  const { code, flaws, foreign } = done.error;
  return [code, ...flaws.map((f) => `${f.field} ${f.code}`), ...(foreign ? ['foreign'] : [])];
}

const crs = 'CGCS2000' as const;
const main = (geometry: Geometry, attributes = {}): RegisterCommand =>
  create(asset('M-1', { name: '主管', lifeline: gas, area: as.area('3416'), geometry, attributes }));
const ring = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 0],
] as const;

describe('a line or an area that somebody wants in the register', () => {
  test.each<[string, RegisterCommand, readonly unknown[]]>([
    [
      'a line of two places',
      main({
        type: 'LineString',
        crs,
        coordinates: [
          [0, 0],
          [1, 1],
        ],
      }),
      ['done'],
    ],
    ['an area with a hole', main({ type: 'Polygon', crs, coordinates: [ring, ring] }), ['done']],
    [
      'one place is no line',
      main({ type: 'LineString', crs, coordinates: [[1, 1]] }),
      ['invalid', 'geometry geometry-no-line'],
    ],
    [
      'two that are one are no line',
      main({
        type: 'MultiLineString',
        crs,
        coordinates: [
          [
            [1, 1],
            [1, 1],
          ],
        ],
      }),
      ['invalid', 'geometry geometry-no-line'],
    ],
    [
      'an open border',
      main({
        type: 'Polygon',
        crs,
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 1],
          ],
        ],
      }),
      ['invalid', 'geometry geometry-no-ring'],
    ],
    [
      'metres are no degrees',
      main({
        type: 'LineString',
        crs,
        coordinates: [
          [39_500_000, 3_400_000],
          [39_500_100, 3_400_000],
        ],
      }),
      ['invalid', 'geometry geometry-no-degrees'],
    ],
    [
      'more than anything of a city has',
      main({
        type: 'LineString',
        crs,
        coordinates: Array.from({ length: 2_001 }, (_, i) => [i / 1e4, 0] as const),
      }),
      ['invalid', 'geometry geometry-too-long'],
    ],
    [
      'a way to flow that is none',
      main(
        {
          type: 'LineString',
          crs,
          coordinates: [
            [0, 0],
            [1, 1],
          ],
        },
        { flow: 'north' },
      ),
      ['invalid', 'attributes flow-bad'],
    ],
  ])('%s', (_, command, expected) => {
    expect(refusal(command)).toEqual(expected);
  });

  test('it is cleared by null, and what is left out stays', () => {
    const register = new ARegister(CITY);
    const geometry = {
      type: 'LineString',
      crs,
      coordinates: [
        [0, 0],
        [1, 1],
      ],
    } as const;
    const step = (wish: AssetWish, command: typeof create | typeof change) => {
      const done = at(register, command(wish));
      if (!done.ok) throw new Error(done.error.code);
      register.take(done.value.changes);
      return register.look.asset(as.asset('M-1'));
    };
    const made = asset('M-1', {
      name: '主管',
      lifeline: gas,
      area: as.area('3416'),
      geometry,
      attributes: { 管径: 'DN300', flow: 'along' },
    });
    expect(step(made, create)).toMatchObject({ geometry, attributes: { 管径: 'DN300', flow: 'along' } });
    expect(step(asset('M-1', { name: '干管', attributes: { flow: null } }), change)).toMatchObject({
      geometry,
      attributes: { 管径: 'DN300' },
    });
    expect(step(asset('M-1', { geometry: null }), change)).not.toHaveProperty('geometry');
  });
});

describe('a change of the register is refused, and each field says what would be right', () => {
  test.each<[string, RegisterCommand, readonly unknown[]]>([
    [
      'a code that is in use',
      create(asset('W-341602', { name: '又', lifeline: gas, area: as.area('3416') })),
      ['code-taken'],
    ],
    [
      'a code that is in use elsewhere',
      create(point('P-341621', { name: '又', lifeline: gas }), OWN),
      ['code-taken'],
    ],
    [
      'a model that is not there',
      change(device('D-341602', { model: as.model('U3') })),
      ['unknown-reference', 'model model-unknown'],
    ],
    ...[
      point('P-341602', { attributes: { 'sentinel.ch4': 'FFFF' } }),
      device('D-341602', { attributes: { 'sentinel.ch4': '' } }),
      { kind: 'model', code: as.model('U3'), name: 'U3', attributes: { 'sentinel.ch4': '1;2' } } as const,
    ].map((wish): [string, RegisterCommand, readonly unknown[]] => [
      `fault values that are no numbers, of a ${wish.kind}`,
      { do: wish.kind === 'model' ? 'create' : 'change', wish, scope: null },
      ['invalid', 'attributes attributes-bad'],
    ]),
    ...[
      point('P-341602', { attributes: { 'sentinel.depth': '5003' } }),
      device('D-341602', { attributes: { 'sentinel.depth': '5003' } }),
      { kind: 'model', code: as.model('U3'), name: 'U3', attributes: { 'sentinel.depth': '5003' } } as const,
    ].map((wish): [string, RegisterCommand, readonly unknown[]] => [
      `fault values of a metric that its pack does not know, of a ${wish.kind}`,
      { do: wish.kind === 'model' ? 'create' : 'change', wish, scope: null },
      ['invalid', 'attributes fault-metric-unknown'],
    ]),
    [
      'a model by somebody who does not see the whole city',
      { do: 'create', wish: { kind: 'model', code: as.model('U3'), name: 'U3' }, scope: OWN },
      ['foreign-area'],
    ],
    ['nothing to change', change(asset('none')), ['not-found']],
    ['no such point', change(point('none')), ['point-unknown']],
    ['no such device', change(device('none')), ['not-found']],
    ['an asset elsewhere', change(asset('W-341621'), OWN), ['not-found', 'foreign']],
    ['a point elsewhere', change(point('P-341621'), OWN), ['point-unknown', 'foreign']],
    ['a device elsewhere', change(device('D-341621'), OWN), ['not-found', 'foreign']],
    [
      'a new thing without name and lifeline',
      create(point('P')),
      ['invalid', 'name name-missing', 'lifeline lifeline-missing'],
    ],
    ['a new device without lifeline', create(device('D')), ['invalid', 'lifeline lifeline-missing']],
    [
      'no such lifeline, no such area, no such asset',
      create(
        point('P', {
          name: '点',
          lifeline: as.lifeline('x'),
          area: as.area('9'),
          asset: as.asset('none'),
        }),
      ),
      ['unknown-reference', 'lifeline lifeline-unknown', 'area area-unknown', 'asset asset-unknown'],
    ],
    [
      'an asset of another lifeline',
      create(point('P', { name: '点', lifeline: as.lifeline('bridge'), asset: as.asset('W-341602') })),
      ['unknown-reference', 'asset other-lifeline'],
    ],
    [
      'a lifeline that is fixed',
      change(asset('W-341602', { lifeline: as.lifeline('bridge') })),
      ['unknown-reference', 'lifeline lifeline-fixed'],
    ],
    [
      'a device at no such point',
      change(device('D-341602', { point: as.point('none') })),
      ['unknown-reference', 'point point-unknown'],
    ],
    [
      'a point that leaves one’s areas',
      change(point('P-341602', { area: as.area('341621') }), OWN),
      ['foreign-area'],
    ],
    [
      'a point on an asset elsewhere',
      change(point('P-341602', { asset: as.asset('W-341621') }), OWN),
      ['unknown-reference', 'asset asset-unknown', 'foreign'],
    ],
    ['a device that leaves every area', change(device('D-341602', { point: null }), OWN), ['foreign-area']],
    [
      'a new point in no area of one’s own',
      create(point('P', { name: '点', lifeline: gas }), OWN),
      ['foreign-area'],
    ],
    [
      'entries of which one does not stand',
      {
        do: 'state',
        entries: [
          { kind: 'area', area: { code: as.area('1'), name: '一', parent: as.area('2') } },
          { kind: 'area', area: { code: as.area('3'), name: '三', parent: as.area('3') } },
        ],
      },
      ['unknown-reference', 'parent parent-unknown', 'parent area-circle'],
    ],
    ['works at no such point', open({ point: as.point('none') }), ['point-unknown']],
    ['works elsewhere', open({ point: as.point('P-341621'), scope: OWN }), ['point-unknown', 'foreign']],
    ['works that are over', open({ until: NOW }), ['invalid', 'until until-passed']],
    [
      'works that end before they begin',
      open({ from: NOW + hours(3), until: NOW + hours(2) }),
      ['invalid', 'until until-passed'],
    ],
    ['works of more than a day', open({ until: NOW + hours(24) + 1 }), ['invalid', 'until until-too-late']],
    [
      'works agreed to by somebody of elsewhere',
      open({ second: { name: '李', scope: ['341621'] } }),
      ['second-person-needed'],
    ],
    [
      'no such works to end',
      { do: 'end-works', point: as.point('P-341602'), id: 'W', by: WANG, scope: null },
      ['not-found'],
    ],
    [
      'a device that would register itself at a point of another lifeline',
      { do: 'register-itself', device: as.device('P-341602'), lifeline: as.lifeline('bridge') },
      ['unknown-reference', 'point other-lifeline'],
    ],
  ])('%s', (_, command, expected) => {
    expect(refusal(command)).toEqual(expected);
  });
});

describe('a change of the register', () => {
  const made = (command: RegisterCommand, register = new ARegister(CITY), now = NOW) => {
    const done = at(register, command, now);
    if (!done.ok) throw new Error(done.error.code);
    register.take(done.value.changes);
    return done.value;
  };

  test('names what was there before and what is there now', () => {
    const { before, after, changes } = made(change(asset('W-341602', { owner: null })));
    expect([before, after]).toMatchObject([{ owner: '燃气公司' }, { owner: null, name: '井' }]);
    expect(changes).toEqual([{ kind: 'asset', asset: after }]);
  });

  test('that changes nothing is none', () => {
    expect(made(change(point('P-341602', { name: '点', attributes: { depth: '2' } }))).changes).toEqual([]);
  });

  test('keeps attributes that it does not name, and takes away those that it clears', () => {
    const { after } = made(change(point('P-341602', { attributes: { depth: null, gas: '天然气' } })));
    expect(after).toMatchObject({ attributes: { well: 'gas', gas: '天然气' } });
  });

  test('fault values of a metric that no pack has any more stay, and bar no other change', () => {
    const old = 'D-341602';
    const register = new ARegister(CITY);
    const before = register.look.device(as.device(old));
    if (before === undefined) throw new Error('there is no such device');
    register.take([{ kind: 'device', device: { ...before, attributes: { 'sentinel.gone': '9' } } }]);
    const { after } = made(change(device(old, { vendor: '某厂' })), register);
    expect(after).toMatchObject({ vendor: '某厂', attributes: { 'sentinel.gone': '9' } });
    const again = at(register, change(device(old, { attributes: { 'sentinel.gone': '10' } })));
    expect(again.ok ? null : again.error.flaws.map((f) => f.say.en)).toEqual([
      'sentinel.gone: there is no metric gone; there are: ch4, co, temp',
    ]);
  });

  test('a model may have fault values of metrics of any lifeline', () => {
    const wish = {
      kind: 'model',
      code: as.model('U3'),
      name: 'U3',
      attributes: { 'sentinel.accel': '9' },
    } as const;
    expect(made({ do: 'create', wish, scope: null }).changes).toHaveLength(1);
  });

  test('puts a new point where its asset is, and one without an asset nowhere yet', () => {
    const wish = { name: '点', lifeline: gas };
    expect(made(create(point('A', { ...wish, asset: as.asset('W-341602') }))).after).toMatchObject({
      area: '341602',
    });
    expect(made(create(point('B', wish))).after).toMatchObject({ area: '000000' });
  });

  test('a point that is out of service stays so since when it was', () => {
    const register = new ARegister(CITY);
    const out = (reason: string) => change(point('P-341602', { outOfService: { reason } }));
    made(out('年检'), register);
    const { after } = made(out('年检，延期'), register, NOW + hours(1));
    expect(after).toMatchObject({ outOfService: { since: NOW, reason: '年检，延期' } });
    expect(made(change(point('P-341602', { outOfService: null })), register).after).toMatchObject({
      outOfService: null,
    });
  });

  test('works of one instant have ids of their own, and end once', () => {
    const register = new ARegister(CITY);
    const first = made(open({ second: { name: '李', scope: OWN } }), register).after as { id: string };
    const second = made(open(), register).after as { id: string };
    expect(second.id > first.id).toBe(true);
    expect(first).toMatchObject({ from: NOW, second: '李', ended: null });
    const end = { do: 'end-works', point: works.point, id: first.id, by: WANG, scope: OWN } as const;
    expect(made(end, register, NOW + minutes(5)).after).toMatchObject({
      ended: { at: NOW + minutes(5), by: WANG },
    });
    expect(made(end, register, NOW + hours(3)).changes).toEqual([]);
  });

  test('a device that registers itself brings a point of its code, or moves into the one that is there', () => {
    const itself = (code: string): RegisterCommand => ({
      do: 'register-itself',
      device: as.device(code),
      lifeline: gas,
    });
    expect(made(itself('NEW')).changes.map((c) => c.kind)).toEqual(['point', 'device']);
    expect(made(itself('P-341602')).changes.map((c) => c.kind)).toEqual(['device']);
  });

  test('entries stand on one another in their order', () => {
    const entries = CITY.filter((e): e is RegisterEntry => e.kind !== 'area' || e.area.parent !== null);
    const root: RegisterEntry = { kind: 'area', area: { code: as.area('3416'), name: '3416', parent: null } };
    const empty = new ARegister();
    expect(at(empty, { do: 'state', entries: [...entries, root] }).ok).toBe(false);
    expect(made({ do: 'state', entries: [root, ...entries] }, empty).changes).toHaveLength(CITY.length);
  });
});
