import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { NoticeEntry } from '../../src/domain/notice/entry.ts';
import type { OrderBirth, OrderCommand } from '../../src/domain/order/commands.ts';
import type { Order } from '../../src/domain/order/order.ts';
import { days, hours, minutes, seconds } from '../../src/domain/time.ts';
import { accept, arrive, by, create, DESK, dispatch, feedback, pauseUntil } from '../domain/order/build.ts';
import { FlowHarness, START } from './flow-harness.ts';

const command = async (flow: FlowHarness, id: string, given: OrderCommand): Promise<Order> => {
  const told = await flow.turn.tell((draft) => {
    const order = flow.core.orders.find(as.order(id), null);
    return flow.core.orders.command(
      order,
      { ...given, commandId: as.command(`x${Math.random()}`) } as OrderCommand,
      draft,
    );
  });
  if (!told.ok) throw new Error(told.error.code);
  return told.value;
};
const make = (flow: FlowHarness, more: Partial<OrderBirth> = {}): Promise<Order> =>
  command(flow, more.id ?? 'O1', create(more));

/** Changes of the clock, with the minute at which they were told. */
const told = (flow: FlowHarness): string[] =>
  flow.records.flatMap((r) =>
    (r.responses ?? []).flatMap((e) => {
      if (e.of !== 'order') return [];
      const c = e.event.change;
      return c.kind === 'amber' || c.kind === 'overdue'
        ? [`${c.clock} ${c.kind} ${(r.at - START) / 60_000}`]
        : [];
    }),
  );

/** The next life on the same disk, after a kill. */
const again = (flow: FlowHarness, clockMovedBy = 0): Promise<FlowHarness> => {
  flow.clock.forward(0);
  if (clockMovedBy !== 0) flow.clock.forward(clockMovedBy);
  return FlowHarness.begin({ clock: flow.clock, disk: flow.disk, clockMovedBy });
};

describe('an order over restarts', () => {
  test('killed after any of its acts it is the same, and goes on', async () => {
    let flow = await FlowHarness.begin();
    await make(flow);
    for (const act of [dispatch, accept, arrive, feedback, pauseUntil(START + hours(3))]) {
      const before = await command(flow, 'O1', act);
      flow = await again(flow);
      expect(flow.core.orders.open.get(as.order('O1'))).toEqual(before);
      expect(flow.board.responses.orders()).toEqual([before]);
    }
    expect(flow.board.seq()).toBe(6);
  });

  test('numbers go on by day in Beijing, also of orders that are over', async () => {
    let flow = await FlowHarness.begin();
    const no = (f: FlowHarness) => f.core.orders.nextNo(f.clock.now());
    expect(no(flow)).toBe('GD20260601-0001');
    await make(flow, { no: no(flow) });
    await command(flow, 'O1', by(DESK, { do: 'void', reason: '误建' }));
    flow = await again(flow);
    expect(no(flow)).toBe('GD20260601-0002');
    flow.clock.forward(hours(16));
    expect(no(flow)).toBe('GD20260602-0001');
  });

  test.each<[string, readonly number[]]>([
    ['none', []],
    ['one before each', [1, 4, 24, 29]],
    ['one a minute', Array.from({ length: 35 }, (_, i) => i + 1)],
  ])('each clock is told once at its time, with restarts: %s', async (_, restarts) => {
    let flow = await FlowHarness.begin();
    await make(flow);
    await command(flow, 'O1', dispatch);
    const all: string[] = [];
    for (let m = 1; m <= 35; m++) {
      if (restarts.includes(m)) {
        all.push(...told(flow));
        flow = await again(flow);
      }
      await flow.pass(minutes(1));
    }
    expect([...all, ...told(flow)]).toEqual([
      'accept amber 4',
      'accept overdue 5',
      'arrive amber 24',
      'first-feedback amber 24',
      'arrive overdue 30',
      'first-feedback overdue 30',
    ]);
  });

  test.each([hours(1), days(1)])(
    'a clock of the server that was set by %i ms meanwhile moves all of it along',
    async (moved) => {
      let flow = await FlowHarness.begin();
      await make(flow);
      await command(flow, 'O1', dispatch);
      await flow.pass(minutes(3));
      flow = await again(flow, moved);
      await flow.turn.tick('all');
      expect(told(flow)).toEqual([]);
      // Killed again: what was moved is on disk, and is not moved a second time.
      flow = await again(flow);
      await flow.pass(minutes(1));
      expect(told(flow)).toEqual([`accept amber ${4 + moved / 60_000}`]);
    },
  );

  test('a policy that changed meanwhile does not touch what runs', async () => {
    const flow = await FlowHarness.begin();
    await make(flow);
    await command(flow, 'O1', dispatch);
    const [red] = flow.core.orders.policies();
    if (red === undefined) throw new Error('no policy');
    flow.core.orders.take({
      is: 'clock-policy',
      policy: { ...red, version: 2, limits: { ...red.limits, accept: 60 } },
    });
    for (let m = 0; m < 6; m++) await flow.pass(minutes(1));
    expect(told(flow)).toEqual(['accept amber 4', 'accept overdue 5']);
  });
});

describe('its unit is told', () => {
  const entries: NoticeEntry[] = [
    {
      is: 'unit',
      unit: {
        code: as.unit('gas-crew'),
        name: '燃气抢修',
        kind: 'crew',
        parent: null,
        areas: [],
        lifelines: [],
        phone: null,
      },
    },
    ...(['duty', 'leader'] as const).map(
      (post): NoticeEntry => ({
        is: 'contact',
        contact: {
          id: as.contact(post),
          unit: as.unit('gas-crew'),
          name: post,
          post,
          mobile: '13812345678',
          email: null,
          account: post === 'duty' ? 'crew' : null,
          handles: {},
        },
      }),
    ),
    {
      is: 'channel',
      id: as.channel('sms'),
      setup: {
        id: as.channel('sms'),
        name: '短信',
        enabled: true,
        perMinute: 60,
        settings: { kind: 'dingtalk', url: 'https://oapi.dingtalk.com/robot/send' },
      },
    },
  ];
  const ready = async (): Promise<FlowHarness> => {
    const flow = await FlowHarness.begin();
    await flow.turn.tell((draft) => {
      for (const e of entries) flow.core.notices.keep(e, draft);
    });
    return flow;
  };
  const calls = (flow: FlowHarness) =>
    [...flow.core.notices.book.noticesOf('O1')]
      .map((n) => `${n.call?.round}.${n.call?.rung} ${n.contact} ${n.state}`)
      .sort();

  test('when it gets it, again as its clock runs out, and no more once it has accepted', async () => {
    const flow = await ready();
    await make(flow);
    await command(flow, 'O1', dispatch);
    expect(calls(flow)).toEqual(['1.0 duty queued']);
    const [notice] = flow.core.notices.book.noticesOf('O1');
    expect(notice).toMatchObject({
      subject: { kind: 'order', id: 'O1' },
      text: { title: expect.stringContaining('GD20260601-0001') },
    });
    for (let m = 0; m < 5; m++) await flow.pass(minutes(1));
    expect(calls(flow)).toEqual(['1.0 duty queued', '1.1 duty queued', '1.2 leader queued']);
    await command(flow, 'O1', accept);
    for (let m = 0; m < 7; m++) await flow.pass(minutes(1));
    expect(calls(flow).map((c) => c.slice(0, 3))).toEqual(['1.0', '1.1', '1.2']);
    expect(calls(flow).some((c) => c.endsWith('queued'))).toBe(false);
  });

  test('urging it, and a later clock that runs out, call the next rung; so they do after a restart', async () => {
    let flow = await ready();
    await make(flow);
    await command(flow, 'O1', dispatch);
    await flow.pass(minutes(1));
    await command(flow, 'O1', accept);
    await flow.pass(minutes(1));
    expect(calls(flow)).toHaveLength(1);
    flow = await again(flow);
    await command(flow, 'O1', by(DESK, { do: 'urge', note: '请抓紧' }));
    await flow.pass(seconds(1));
    expect(calls(flow)).toContain('1.1 duty queued');
  });

  test('an end supersedes what still waits, and leaves the story', async () => {
    const flow = await ready();
    await make(flow);
    await command(flow, 'O1', dispatch);
    await command(flow, 'O1', by(DESK, { do: 'void', reason: '误建' }));
    expect(calls(flow)).toEqual([]);
    const story = await flow.journal.toldOf('O1');
    expect(story.flatMap((e) => (e.is === 'notice' ? e.notice.state : []))).toEqual(['superseded']);
  });
});

test('with 20,000 open orders a tick costs what is due, and not what there is: under 5 ms', async () => {
  const flow = await FlowHarness.begin();
  const { orders } = flow.core;
  const like = await make(flow);
  const given = await command(flow, 'O1', dispatch);
  for (let i = 0; i < 20_000; i++)
    orders.restore({
      ...given,
      id: as.order(`X${i}`),
      revision: 2,
      controlFrom: like.createdAt,
      dispatchedAt: START + i,
    });
  const draft = (at: number) => flow.core.begin(at);
  orders.tick(draft(START + minutes(1)));
  const costs: number[] = [];
  for (let s = 0; s < 50; s++) {
    const d = draft(START + minutes(1) + seconds(s));
    const from = performance.now();
    orders.tick(d);
    costs.push(performance.now() - from);
  }
  costs.sort((a, b) => a - b);
  expect(costs[25]).toBeLessThan(5);
  // And what is due is told of each of them.
  const due = draft(START + minutes(4) + 20_000);
  orders.tick(due);
  expect(due.responses.filter((r) => r.event.change.kind === 'amber').length).toBeGreaterThanOrEqual(20_000);
});
