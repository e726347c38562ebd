import { beforeEach, describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { Point, WorkWindow } from '../../src/domain/register/register.ts';
import { hours, minutes, seconds } from '../../src/domain/time.ts';
import { FlowHarness } from './flow-harness.ts';

let flow: FlowHarness;
beforeEach(async () => {
  flow = await FlowHarness.begin();
  await flow.value('manhole', 'M-1', 'open', 0);
});

const BY = { account: 'wang', name: '王班长' };
const window = (from: number, until: number, more: Partial<WorkWindow> = {}): WorkWindow => ({
  id: 'W1',
  point: as.point('M-1'),
  from: flow.clock.now() + from,
  until: flow.clock.now() + until,
  reason: '清淤 票号 88',
  by: BY,
  at: flow.clock.now(),
  ended: null,
  ...more,
});
const say = async (metric: string, value: unknown) => {
  flow.clock.forward(seconds(1));
  await flow.value('manhole', 'M-1', metric, value);
};
const overlays = (w = flow) =>
  Object.fromEntries(w.open('M-1').map((a) => [a.ruleId.split('.')[1], a.overlay.is]));
const ofRule = (metric: string) => flow.open('M-1').find((a) => a.metric === metric);

describe('an authorised opening', () => {
  test('is recorded and not shown while its window lasts; gas at the same cover is shown', async () => {
    await flow.change([{ kind: 'work', work: window(0, hours(1)) }]);
    await say('open', 1);
    await say('tilt', 95);
    await say('ch4', 60);
    expect(overlays()).toMatchObject({ open: 'suppressed', ch4: 'none' });
    expect(flow.open('M-1').find((a) => a.ruleId === 'manhole.tilt.limit')?.overlay.is).toBe('suppressed');
    // Somebody at a moved cover over gas is in danger, with a permit or without.
    expect(flow.open('M-1').find((a) => a.ruleId === 'manhole.tilt.gas')?.overlay.is).toBe('none');
    expect(ofRule('open')?.overlay).toMatchObject({ because: '授权作业：清淤 票号 88（王班长）' });
    expect(flow.board.floods.list()).toEqual([]);
  });

  test('that is still open when the window ends is shown, and wants to be acknowledged', async () => {
    await flow.change([{ kind: 'work', work: window(0, minutes(30)) }]);
    await say('open', 1);
    await flow.pass(minutes(29));
    expect(overlays()).toEqual({ open: 'suppressed' });
    await flow.pass(minutes(1));
    expect(overlays()).toEqual({ open: 'none' });
    expect(ofRule('open')?.phase.is).toBe('active-unacked');
    expect(flow.kinds('M-1')).toEqual(['raised', 'unsuppressed']);
  });

  test('ended early is over at once, and a window to come hides from its beginning', async () => {
    await say('open', 1);
    const work = window(minutes(10), minutes(20));
    await flow.change([{ kind: 'work', work }]);
    expect(overlays()).toEqual({ open: 'none' });
    await flow.pass(minutes(10));
    expect(overlays()).toEqual({ open: 'suppressed' });
    const ended = { at: flow.clock.now(), by: BY };
    await flow.change([{ kind: 'work', work: { ...work, ended } }]);
    expect(overlays()).toEqual({ open: 'none' });
  });

  test('after a restart it is still hidden, and still ends', async () => {
    await flow.change([{ kind: 'work', work: window(0, minutes(30)) }]);
    await say('open', 1);
    const again = await flow.restart();
    expect(overlays(again)).toEqual({ open: 'suppressed' });
    expect(again.core.register.works()).toHaveLength(1);
    await again.pass(minutes(31));
    expect(overlays(again)).toEqual({ open: 'none' });
  });
});

// Its window may last a day, and one person makes it: it must not be the way round the second one either
describe('an authorised opening, in a house where no one person hides a red alarm', () => {
  const TWO = { secondPersonForLevel1: true };
  const seen = (w: FlowHarness) =>
    Object.fromEntries(w.open('M-1').map((a) => [a.ruleId, `${a.level} ${a.overlay.is}`]));
  const tilt = async (w: FlowHarness, value: number) => {
    w.clock.forward(seconds(1));
    await w.value('manhole', 'M-1', 'tilt', value);
  };
  const begin = async (house: Parameters<typeof FlowHarness.begin>[0], more: Partial<WorkWindow> = {}) => {
    const w = await FlowHarness.begin(house);
    await w.value('manhole', 'M-1', 'tilt', 0);
    const now = w.clock.now();
    const work = { ...window(0, 0), from: now, until: now + hours(1), at: now, ...more };
    return { w, permit: () => w.change([{ kind: 'work', work }]) };
  };

  test('hides an open cover and not one that is turned over, whether that was there, comes, or is what it turns into', async () => {
    const come = await begin(TWO);
    await come.permit();
    await come.w.value('manhole', 'M-1', 'open', 1);
    await tilt(come.w, 95);
    expect(seen(come.w)).toMatchObject({
      'manhole.open.flag': '2 suppressed',
      'manhole.tilt.limit': '1 none',
    });

    const there = await begin(TWO);
    await tilt(there.w, 95);
    await there.permit();
    await there.w.pass(seconds(2));
    expect(seen(there.w)['manhole.tilt.limit']).toBe('1 none');

    const turned = await begin(TWO);
    await turned.permit();
    await tilt(turned.w, 30);
    expect(seen(turned.w)['manhole.tilt.limit']).toBe('2 suppressed');
    await tilt(turned.w, 95);
    expect(seen(turned.w)['manhole.tilt.limit']).toBe('1 none');
    expect(turned.w.kinds('M-1').slice(-2)).toEqual(['unsuppressed', 'escalated']);
  });

  test('says at what stays shown that works are authorised there, by whom and until when', async () => {
    const { w, permit } = await begin(TWO);
    await permit();
    await tilt(w, 95);
    const red = w.open('M-1').find((a) => a.level === 1);
    expect(red && w.board.live(red).works).toMatchObject({ reason: '清淤 票号 88', by: { name: '王班长' } });
    await w.pass(hours(1));
    expect(red && w.board.live(red).works).toBeNull();
  });

  test('that a second person agreed to hides it; nothing does where nobody may hide red', async () => {
    const two = await begin(TWO, { second: '李' });
    await two.permit();
    await tilt(two.w, 95);
    const overlay = two.w.open('M-1').find((a) => a.level === 1)?.overlay;
    expect(overlay).toMatchObject({
      is: 'suppressed',
      because: '授权作业：清淤 票号 88（王班长，复核：李）',
    });

    const never = await begin({ shelveLevel1: false }, { second: '李' });
    await never.permit();
    await tilt(never.w, 95);
    expect(seen(never.w)['manhole.tilt.limit']).toBe('1 none');
  });

  test('shows, within a tick, what was hidden before the house wanted two', async () => {
    const one = await begin({});
    await one.permit();
    await tilt(one.w, 95);
    expect(seen(one.w)['manhole.tilt.limit']).toBe('1 suppressed');
    const again = await FlowHarness.begin({ clock: one.w.clock, disk: one.w.disk, ...TWO });
    await again.pass(seconds(2));
    expect(seen(again)['manhole.tilt.limit']).toBe('1 none');
  });
});

describe('a consequence', () => {
  const RULE = 'manhole.level.limit';
  const level = () => flow.open('M-1').find((a) => a.ruleId === RULE)?.overlay;
  const near = async () => {
    await say('level', 0.2);
    flow.clock.forward(seconds(70));
    await say('level', 0.2);
  };

  test('is hidden behind its cause, whichever came first, and shown when the cause is gone', async () => {
    await near();
    expect(level()?.is).toBe('none');
    await say('overflow', 1);
    expect(level()).toMatchObject({ is: 'suppressed' });
    const cause = flow.open('M-1').find((a) => a.ruleId === 'manhole.overflow.flag');
    expect(level()).toMatchObject({ because: `由上级报警引起：井口满溢（${cause?.id}）` });
    expect(cause?.overlay.is).toBe('none');
    await say('overflow', 0);
    expect(level()?.is).toBe('none');
  });

  test('raised while the cause is there is hidden from its first event, and counted apart', async () => {
    await say('overflow', 1);
    await near();
    expect(level()?.is).toBe('suppressed');
    const raised = flow.events.find((e) => e.after.ruleId === RULE)?.event.change;
    expect(raised).toMatchObject({ kind: 'raised', hidden: { is: 'suppressed' } });
  });

  test('is shown when its cause is shelved: what is hidden hides nothing', async () => {
    await say('overflow', 1);
    await near();
    const cause = flow.open('M-1').find((a) => a.ruleId === 'manhole.overflow.flag');
    await flow.turn.act(
      cause?.id ?? as.alarm(''),
      {
        do: 'shelve',
        by: { kind: 'operator', account: 'li', name: '李' },
        until: flow.clock.now() + hours(1),
        reason: '已派',
        commandId: as.command('s1'),
      },
      null,
    );
    expect(level()?.is).toBe('none');
  });
});

describe('a point under maintenance', () => {
  const point = (): Point => flow.core.register.point(as.point('M-1')) as Point;

  test('raises hidden alarms; those still there when it is back are shown, in their true state', async () => {
    const outOfService = { since: flow.clock.now(), reason: '换电池' };
    await flow.change([{ kind: 'point', point: { ...point(), outOfService } }]);
    await say('open', 1);
    await say('tilt', 95);
    await say('tilt', 0);
    expect(new Set(Object.values(overlays()))).toEqual(new Set(['outOfService']));
    await flow.change([{ kind: 'point', point: { ...point(), outOfService: null } }]);
    expect(new Set(Object.values(overlays()))).toEqual(new Set(['none']));
    expect(ofRule('open')?.phase.is).toBe('active-unacked');
    expect(ofRule('tilt')?.phase.is).toBe('returned-unacked');
  });

  test('that comes back during works is hidden by those', async () => {
    await flow.change([{ kind: 'work', work: window(0, hours(1)) }]);
    const outOfService = { since: flow.clock.now(), reason: '换电池' };
    await flow.change([{ kind: 'point', point: { ...point(), outOfService } }]);
    await say('open', 1);
    await flow.change([{ kind: 'point', point: { ...point(), outOfService: null } }]);
    expect(overlays()).toEqual({ open: 'suppressed' });
  });
});

// One person, a maintainer, does it: it must not be the way round the second one
describe('a point under maintenance, in a house where no one person hides a red alarm', () => {
  const take = async (w: FlowHarness, reason: string | null) => {
    const point = w.core.register.point(as.point('G-1')) as Point;
    const outOfService = reason === null ? null : { since: w.clock.now(), reason };
    await w.change([{ kind: 'point', point: { ...point, outOfService } }]);
  };
  const gas = async (w: FlowHarness, value: number) => {
    w.clock.forward(seconds(1));
    await w.value('gas', 'G-1', 'ch4', value);
  };
  const seen = (w: FlowHarness) => w.open('G-1').map((a) => [a.level, a.overlay.is]);

  test('shows red ones, whether they were there, come, or are what another has turned into', async () => {
    const two = await FlowHarness.begin({ secondPersonForLevel1: true });
    await gas(two, 60);
    await take(two, '换电池');
    expect(seen(two)).toEqual([[1, 'none']]);

    const come = await FlowHarness.begin({ secondPersonForLevel1: true });
    await gas(come, 0);
    await take(come, '换电池');
    await gas(come, 60);
    expect(seen(come)).toEqual([[1, 'none']]);

    const turned = await FlowHarness.begin({ secondPersonForLevel1: true });
    await gas(turned, 25);
    await take(turned, '换电池');
    expect(seen(turned)).toEqual([[3, 'outOfService']]);
    await gas(turned, 60);
    expect(seen(turned)).toEqual([[1, 'none']]);
    expect(turned.kinds('G-1').slice(-2)).toEqual(['returnedToService', 'escalated']);
    await take(turned, null);
    expect(seen(turned)).toEqual([[1, 'none']]);
  });

  test('shows, within a tick, what was hidden before the house wanted two', async () => {
    const one = await FlowHarness.begin();
    await gas(one, 60);
    await take(one, '换电池');
    expect(seen(one)).toEqual([[1, 'outOfService']]);
    const again = await FlowHarness.begin({ clock: one.clock, disk: one.disk, secondPersonForLevel1: true });
    await again.pass(seconds(2));
    expect(seen(again)).toEqual([[1, 'none']]);
  });
});
