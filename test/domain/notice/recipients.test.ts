import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { Recipient, Rung } from '../../../src/domain/notice/policy.ts';
import { type Directory, reachOf } from '../../../src/domain/notice/recipients.ts';
import { masked } from '../../../src/domain/notice/unit.ts';
import { aChannel, aContact, aDirectory, aUnit, liesIn, T0 } from './a-city.ts';

const gas = as.lifeline('gas');
const area = (code: string) => as.area(code);
const place = { area: area('341602'), lifeline: gas, owner: 'gas-co' };

const units = [
  aUnit('centre', 'centre'),
  aUnit('city-office', 'district', { areas: [area('341600')] }),
  aUnit('qiaocheng', 'district', { areas: [area('341602')] }),
  aUnit('guoyang', 'district', { areas: [area('341621')] }),
  aUnit('gas-co', 'owner', { name: '亳州燃气' }),
];
const contacts = [
  aContact('wang', 'gas-co', 'duty'),
  aContact('li', 'gas-co', 'duty', { mobile: null }),
  aContact('zhao', 'gas-co', 'leader'),
  aContact('chief', 'centre', 'leader'),
  aContact('clerk', 'qiaocheng', 'duty'),
];
const channels = [aChannel('robot'), aChannel('sms', 'sms-aliyun'), aChannel('mail', 'smtp')];
const city = (more: Parameters<typeof aDirectory>[0] = {}): Directory =>
  aDirectory({ units, contacts, channels, ...more });

function reach(to: Recipient | readonly Recipient[], directory = city(), rung: Partial<Rung> = {}, at = T0) {
  const list = Array.isArray(to) ? to : [to];
  const found = reachOf({ to: list, channels: [], ...rung }, place, { directory, liesIn, at });
  return {
    told: found.targets.map((t) => `${t.contact?.id ?? ''}/${t.channel.id}`),
    missed: found.misses.map((m) => [m.why, m.unit ?? m.contact ?? m.channel].filter(Boolean).join(' ')),
  };
}
const robot = { channels: [as.channel('robot')] };

describe('a rung finds', () => {
  test.each<[string, Recipient, readonly string[]]>([
    ['the owner by the code in the register', { unit: 'owner', post: 'leader' }, ['zhao/robot']],
    ['the district, and not the city office above it', { unit: 'district', post: 'duty' }, ['clerk/robot']],
    ['the centre of the whole city', { unit: 'centre', post: 'leader' }, ['chief/robot']],
    ['a unit by its code', { unit: { code: as.unit('gas-co') }, post: 'duty' }, ['wang/robot', 'li/robot']],
    ['a person', { contact: as.contact('clerk') }, ['clerk/robot']],
    ['a group behind a channel', { channel: as.channel('robot') }, ['/robot']],
  ])('%s', (_, to, told) => {
    expect(reach(to, city(), robot)).toEqual({ told, missed: [] });
  });

  test('nobody and nothing that is out of service, and says so', () => {
    const out = { outOfService: true } as const;
    const off = (code: string) => units.map((u) => (u.code === code ? { ...u, ...out } : u));
    const gone = contacts.map((c) => (c.id === 'wang' || c.id === 'clerk' ? { ...c, ...out } : c));
    const owner = { unit: 'owner', post: 'duty' } as const;
    expect(reach(owner, city({ units: off('gas-co') }), robot)).toEqual({
      told: [],
      missed: ['out-of-service gas-co'],
    });
    expect(reach(owner, city({ contacts: gone }), robot).told).toEqual(['li/robot']);
    const shift = { from: T0, to: T0 + 1, duty: [as.contact('wang')], leader: [] };
    const rosters = [{ unit: as.unit('gas-co'), shifts: [shift] }];
    expect(reach(owner, city({ contacts: gone, rosters }), robot).missed).toEqual(['nobody-on-duty gas-co']);
    expect(reach({ contact: as.contact('clerk') }, city({ contacts: gone }), robot).missed).toEqual([
      'out-of-service qiaocheng',
    ]);
    // Another one answers for the area: the office above it.
    expect(
      reach({ unit: 'district', post: 'duty' }, city({ units: off('qiaocheng') }), robot).missed,
    ).toEqual(['nobody-in-post city-office']);
  });

  test('the owner by its name, as registers write it', () => {
    const found = reachOf(
      { to: [{ unit: 'owner', post: 'leader' }], ...robot },
      { ...place, owner: '亳州燃气' },
      { directory: city(), liesIn, at: T0 },
    );
    expect(found.targets.map((t) => t.contact?.id)).toEqual(['zhao']);
  });

  test('the unit that answers for this lifeline before one that answers for all', () => {
    const special = aUnit('zz-gas-office', 'district', { areas: [area('341602')], lifelines: [gas] });
    const other = aUnit('aa-bridges', 'district', {
      areas: [area('341602')],
      lifelines: [as.lifeline('bridge')],
    });
    const there = city({
      units: [...units, special, other],
      contacts: [
        ...contacts,
        aContact('gina', 'zz-gas-office', 'duty'),
        aContact('bob', 'aa-bridges', 'duty'),
      ],
    });
    expect(reach({ unit: 'district', post: 'duty' }, there, robot).told).toEqual(['gina/robot']);
  });
});

describe('nobody is skipped in silence', () => {
  const nothing = aDirectory({});
  test.each<[string, Recipient, Directory, string]>([
    ['no owner of that name', { unit: 'owner', post: 'duty' }, nothing, 'owner-unknown'],
    ['no district', { unit: 'district', post: 'duty' }, nothing, 'no-district'],
    ['no centre', { unit: 'centre', post: 'duty' }, nothing, 'no-centre'],
    ['no such unit', { unit: { code: as.unit('x') }, post: 'duty' }, nothing, 'unit-unknown'],
    ['no such person', { contact: as.contact('x') }, nothing, 'contact-unknown'],
    ['no such channel', { channel: as.channel('x') }, nothing, 'channel-unknown x'],
    ['nobody in the post', { unit: 'centre', post: 'duty' }, city(), 'nobody-in-post centre'],
    ['no channel at all', { contact: as.contact('wang') }, city({ channels: [] }), 'no-channel gas-co'],
    [
      'a channel that calls numbers, and nobody to call',
      { channel: as.channel('sms') },
      city(),
      'contact-unknown sms',
    ],
    [
      'a channel that is off',
      { channel: as.channel('robot') },
      city({ channels: [aChannel('robot', 'dingtalk', { enabled: false })] }),
      'channel-off robot',
    ],
  ])('%s', (_, to, directory, why) => {
    expect(reach(to, directory)).toEqual({ told: [], missed: [why] });
  });

  test('somebody without a number is told by what reaches them, and by SMS alone says so', () => {
    expect(reach({ contact: as.contact('li') })).toEqual({ told: ['li/robot', 'li/mail'], missed: [] });
    expect(reach({ contact: as.contact('li') }, city(), { channels: [as.channel('sms')] })).toEqual({
      told: [],
      missed: ['no-mobile gas-co'],
    });
  });
});

describe('the roster decides who answers', () => {
  const shifts = [{ from: T0, to: T0 + 100, duty: [as.contact('li')], leader: [] }];
  const rostered = city({ rosters: [{ unit: as.unit('gas-co'), shifts }] });

  test('whoever is on duty, and not everybody who could be', () => {
    expect(reach({ unit: 'owner', post: 'duty' }, rostered, robot).told).toEqual(['li/robot']);
  });

  test('in a gap nobody, which is said', () => {
    const late = reach({ unit: 'owner', post: 'duty' }, rostered, robot, T0 + 100);
    expect(late).toEqual({ told: [], missed: ['nobody-on-duty gas-co'] });
  });

  test('a unit whose roster names no leaders has its own', () => {
    expect(reach({ unit: 'owner', post: 'leader' }, rostered, robot).told).toEqual(['zhao/robot']);
  });
});

test('whoever is named twice is told once by each channel', () => {
  const twice: readonly Recipient[] = [{ contact: as.contact('zhao') }, { unit: 'owner', post: 'leader' }];
  expect(reach(twice).told).toEqual(['zhao/robot', 'zhao/sms', 'zhao/mail']);
});

test.each([
  ['13812345678', '138****5678'],
  ['+8613812345678', '+86****5678'],
  ['87654321', '****4321'],
  ['12345', '****'],
])('of a number %s everybody sees %s', (mobile, shown) => {
  expect(masked(mobile)).toBe(shown);
});
