import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import { SelfWatch } from '../../src/flow/self-watch.ts';
import { SpoolWatch } from '../../src/flow/storage/spool-watch.ts';
import { aChannel, aContact, aPolicy, aRung, aUnit } from '../domain/notice/a-city.ts';
import { accepted, CITY, channel, duty, hook, LADDER, leader, PEOPLE, policy, Told } from './told-harness.ts';

const stranger = { unit: { code: as.unit('nobody-there') }, post: 'duty' } as const;

describe('a rung that reaches nobody', () => {
  test('is followed by the next one at once: nobody is on duty, so their leader is called now', async () => {
    const t = await Told.begin([
      ...PEOPLE,
      channel(hook),
      policy({ ...LADDER, rungs: [aRung(0, { to: [stranger] }), aRung(600, { to: [leader] })] }),
    ]);
    await t.gas(60);
    expect(t.story).toEqual(['zhao webhook again']);
    await t.pass(700);
    expect(t.story).toHaveLength(1);
    await t.kill();
    await t.pass(60);
    expect(t.story).toHaveLength(1);
  });

  test('because the receiver refuses: another channel first, then the next rung, and the desk hears of both', async () => {
    const t = await Told.begin([...CITY, channel(aChannel('robot'))]);
    t.answer = (s) => (s.message.to?.name === 'wang' ? { is: 'refused', said: 'no' } : accepted);
    await t.gas(60);
    await t.pass(1);
    expect(t.story.slice(0, 2).sort()).toEqual(['wang dingtalk raised', 'wang webhook raised']);
    expect(t.story.slice(2).sort()).toEqual(['zhao dingtalk again', 'zhao webhook again']);
    expect(t.flow.core.notices.book.lost().map((n) => n.contact)).toEqual(['wang', 'wang']);
  });

  test('is not followed by anything where somebody has acknowledged meanwhile', async () => {
    const t = await Told.begin();
    t.answer = () => new Promise(() => undefined);
    await t.gas(60);
    await t.flow.acknowledge(t.open);
    t.answer = () => ({ is: 'refused', said: 'no' });
    await t.kill();
    await t.pass(120);
    expect(t.story).toEqual(['wang webhook raised']);
  });
});

describe('quiet hours', () => {
  // The harness begins at eight in Beijing.
  const quiet = policy({ ...LADDER, quiet: { from: '07:00', to: '10:00' } });

  test('hold yellow until they end, and then the ladder climbs as ever', async () => {
    const t = await Told.begin([...PEOPLE, channel(hook), quiet]);
    await t.gas(25);
    await t.pass(5);
    expect(t.story).toEqual([]);
    // It falls silent meanwhile, which is an alarm of its own.
    const gas = () =>
      t.sent.filter((s) => s.message.text.title.includes('可燃气体')).map((s) => s.message.to?.name);
    const end = Date.parse('2026-06-01T10:00:00+08:00');
    await t.flow.pass(end - t.flow.clock.now() - 2_000);
    await t.pass(1);
    expect(gas()).toEqual([]);
    await t.pass(2);
    expect(gas()).toEqual(['wang']);
    await t.pass(60);
    expect(gas()).toEqual(['wang', 'zhao']);
  });

  test('never hold red, nor what becomes red in them', async () => {
    const t = await Told.begin([...PEOPLE, channel(hook), quiet]);
    await t.gas(60);
    expect(t.story).toEqual(['wang webhook raised']);
    await t.gas(25, 'G-2');
    expect(t.story).toHaveLength(1);
    await t.gas(60, 'G-2');
    expect(t.story).toHaveLength(2);
  });
});

test('the service’s own alarms climb the ladder of their own subject: a failed self-check calls the administrator', async () => {
  const admin = aContact('admin', 'centre', 'duty');
  const boss = aContact('boss', 'centre', 'leader');
  const of = (post: 'duty' | 'leader') => ({ unit: 'centre', post }) as const;
  const t = await Told.begin([
    ...CITY,
    { is: 'unit', unit: aUnit('centre', 'centre') },
    { is: 'contact', contact: admin },
    { is: 'contact', contact: boss },
    policy(
      aPolicy('self', {
        match: { subjects: ['platform'], levels: [], lifelines: [], areas: [] },
        rungs: [aRung(0, { to: [of('duty')] }), aRung(300, { to: [of('leader')] })],
      }),
    ),
  ]);
  const { turn, registrar, drain, meters, log, journal, clock } = t.flow;
  const probe = { misses: 0 };
  const self = new SelfWatch({
    ...{ turn, registrar, drain, meters, probe },
    spool: new SpoolWatch({ journal, log, meters, maxBytes: 1e9 }),
    losses: { readings: 0 },
    rssMiB: () => 100,
    clock: { apart: 0 },
    devices: { devicesSay: null },
  });
  await self.start(t.flow.core.register);
  probe.misses = 4;
  for (let n = 0; n < 3; n++) {
    await t.pass(10);
    self.report(clock.now());
    await t.quiet();
  }
  await t.pass(1);
  expect(t.story).toEqual(['admin webhook raised']);
  expect(t.sent[0]?.message.text.title).toContain('系统自检失败');
  await t.pass(300);
  expect(t.story).toEqual(['admin webhook raised', 'boss webhook again']);
});

describe('Alertmanager', () => {
  const told = { to: [{ channel: as.channel('am') }] };
  const begin = () =>
    Told.begin([
      ...PEOPLE,
      channel(aChannel('am', 'alertmanager')),
      policy({ ...LADDER, rungs: [aRung(0, told)] }),
    ]);
  const standing = (t: Told) => t.sent.filter((s) => s.message.id.startsWith('standing'));

  test('is told every minute of what stands, as its clients do: after a start of its own it knows nothing', async () => {
    const t = await begin();
    await t.gas(60);
    await t.gas(60, 'G-2');
    await t.pass(130);
    expect(standing(t)).toHaveLength(2);
    expect(standing(t)[0]?.message.facts).toMatchObject([
      { point: 'G-1', endsAt: null, title: expect.stringContaining('红色报警') },
      { point: 'G-2' },
    ]);
    await t.clear();
    const before = standing(t).length;
    await t.pass(70);
    expect(
      standing(t)
        .slice(before)
        .flatMap((s) => s.message.facts.map((f) => f.point)),
    ).not.toContain('G-1');
  });

  test('hears nothing where nothing stands', async () => {
    const t = await begin();
    await t.pass(200);
    expect(t.sent).toEqual([]);
  });
});

test('whoever is called twice by one rung is told once by each way', async () => {
  const t = await Told.begin([
    ...PEOPLE,
    channel(hook),
    policy({ ...LADDER, rungs: [aRung(0, { to: [duty, { contact: as.contact('wang') }] })] }),
  ]);
  await t.gas(60);
  expect(t.story).toEqual(['wang webhook raised']);
});
