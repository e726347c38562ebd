import { describe, expect, test } from 'vitest';
import { systemIds } from '../../../src/adapters/ids/index.ts';
import type { MappedWrite } from '../../../src/domain/device-command/catalogue.ts';
import { as } from '../../../src/domain/ids.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { CommandOffice } from '../../../src/flow/commands/command-office.ts';
import { CommandSender } from '../../../src/flow/commands/command-sender.ts';
import type { CommandWish } from '../../../src/flow/ports/down/commands.ts';
import type { CommandNews, LeavingCommand, WayDown } from '../../../src/flow/ports/down/ways.ts';
import { FlowHarness, LI } from '../flow-harness.ts';

const D = as.device('D-1');

/** A line to one device, that is there or not. */
class Line implements WayDown {
  isThere = false;
  readonly sent: { readonly command: LeavingCommand; readonly tell: (news: CommandNews) => void }[] = [];
  reaches = (device: string) => (this.isThere && device === D ? ('mqtt' as const) : null);
  send = (command: LeavingCommand, tell: (news: CommandNews) => void) =>
    void this.sent.push({ command, tell });
  get names(): string[] {
    return this.sent.map(({ command: c }) => `${c.name}${c.isRepeated ? ' again' : ''}`);
  }
}

async function begin(flow?: FlowHarness, writes: readonly MappedWrite[] | null = null) {
  const of = flow ?? (await FlowHarness.begin());
  if (flow === undefined) await of.value('gas', D, 'ch4', 1);
  const line = new Line();
  const { core, turn, clock, meters, log, journal } = of;
  const sender = new CommandSender({ core, turn, clock, meters, log, ways: [line] });
  of.commanded = (record) => sender.released(record);
  const office = new CommandOffice({ core, turn, journal, ids: systemIds, writesOf: () => writes });
  let n = 0;
  const withdraw = async (id: string, commandId = `w${++n}`) => {
    const done = await office.withdraw(D, as.deviceCommand(id), { by: LI, commandId: as.command(commandId) });
    await of.turn.settle();
    return done;
  };
  const tell = async (wish: Partial<CommandWish> = {}, commandId = `c${++n}-${of.clock.now()}`) => {
    const made = await office.create(
      {
        ...{ device: D, name: 'set-clock', params: {}, kind: null, note: null, second: null },
        within: minutes(10),
        ...wish,
      },
      { by: LI, commandId: as.command(commandId) },
    );
    await of.turn.settle();
    return made;
  };
  const states = async () => {
    await of.turn.settle();
    return (await office.of(D, 100, null)).items.map((c) => c.state).reverse();
  };
  const news = async (i: number, told: CommandNews) => {
    line.sent[i]?.tell(told);
    await of.turn.settle();
  };
  const reply = (id: unknown, ok: boolean) =>
    of.packet(`lifeline/v1/gas/${D}/up/reply`, JSON.stringify({ id, ok, result: { rssi: -70 } }));
  await sender.start();
  return { of, line, sender, tell, withdraw, states, news, reply, office };
}

describe('a command to a device', () => {
  test('waits until its device is there, leaves once, and is done by its word', async () => {
    const { line, sender, tell, states, news, reply, of } = await begin();
    await tell();
    expect([line.names, await states()]).toEqual([[], ['PENDING']]);
    line.isThere = true;
    sender.look(D);
    expect(await states()).toEqual(['SENT']);
    sender.look(D);
    await of.turn.settle();
    expect(line.names).toEqual(['set-clock']);
    await news(0, { is: 'delivered' });
    expect(await states()).toEqual(['DELIVERED']);
    await reply(line.sent[0]?.command.id, true);
    expect(await states()).toEqual(['SUCCESSFUL']);
    // Said twice, as MQTT may.
    expect((await reply(line.sent[0]?.command.id, false)).flaws).toEqual([]);
    expect(await states()).toEqual(['SUCCESSFUL']);
  });

  test('leaves only when that it leaves is on disk', async () => {
    let isStuck = false;
    let go: () => void = () => undefined;
    const flow = await FlowHarness.begin({
      hooks: {
        before: () =>
          isStuck
            ? new Promise<void>((resolve) => {
                go = resolve;
              })
            : undefined,
      },
    });
    await flow.value('gas', D, 'ch4', 1);
    const { line, sender, tell, of } = await begin(flow);
    await tell();
    line.isThere = true;
    isStuck = true;
    sender.look(D);
    await new Promise((resolve) => setImmediate(resolve));
    expect(line.sent).toEqual([]);
    isStuck = false;
    go();
    await of.turn.settle();
    expect(line.names).toEqual(['set-clock']);
  });

  test('whose disk took longer than it may wait does not leave', async () => {
    let now: () => void = () => undefined;
    const flow = await FlowHarness.begin({ hooks: { before: () => now() } });
    await flow.value('gas', D, 'ch4', 1);
    const { line, sender, tell, states } = await begin(flow);
    await tell();
    line.isThere = true;
    now = () => flow.clock.forward(minutes(11));
    sender.look(D);
    await flow.turn.settle();
    now = () => undefined;
    expect([line.names, await states()]).toEqual([[], ['EXPIRED']]);
  });

  test('goes one after the other, in the order in which they were made', async () => {
    const { line, sender, tell, news } = await begin();
    for (const name of ['set-clock', 'read-now', 'restart']) await tell({ name });
    line.isThere = true;
    sender.look(D);
    await news(9, { is: 'delivered' });
    expect(line.names).toEqual(['set-clock']);
    await news(0, { is: 'delivered' });
    expect(line.names).toEqual(['set-clock', 'read-now']);
    await news(1, { is: 'answered', ok: false, result: null, said: 'busy' });
    expect(line.names).toEqual(['set-clock', 'read-now', 'restart']);
  });

  test('whose line ended leaves again, marked as repeated, and not after its end', async () => {
    const { line, sender, tell, states, news, of } = await begin();
    await tell();
    line.isThere = true;
    sender.look(D);
    await of.turn.settle();
    line.isThere = false;
    await news(0, { is: 'gone' });
    expect(await states()).toEqual(['PENDING']);
    line.isThere = true;
    sender.look(D);
    await of.turn.settle();
    expect(line.names).toEqual(['set-clock', 'set-clock again']);
    line.isThere = false;
    await news(1, { is: 'gone' });
    await of.pass(minutes(10));
    line.isThere = true;
    sender.look(D);
    expect([await states(), line.names.length]).toEqual([['EXPIRED'], 2]);
  });

  test.each(['PENDING', 'SENT', 'DELIVERED'] as const)(
    '%s at a kill is lost and doubled by nobody',
    async (at) => {
      const first = await begin();
      await first.tell();
      if (at !== 'PENDING') {
        first.line.isThere = true;
        first.sender.look(D);
        await first.of.turn.settle();
      }
      if (at === 'DELIVERED') await first.news(0, { is: 'delivered' });
      expect(await first.states()).toEqual([at]);
      const { line, sender, states, of, reply } = await begin(await first.of.restart());
      line.isThere = true;
      sender.look(D);
      await of.turn.settle();
      const again = { PENDING: ['set-clock'], SENT: ['set-clock again'], DELIVERED: [] }[at];
      expect(line.names).toEqual(again);
      const [sent] = [...first.line.sent, ...line.sent];
      await reply(sent?.command.id, true);
      expect(await states()).toEqual(['SUCCESSFUL']);
    },
  );

  test('that waits while our clock is set back is over, and does not leave', async () => {
    const { tell, of } = await begin();
    await tell();
    of.clock.forward(-minutes(60));
    const { line, sender, states, of: later } = await begin(await of.restart());
    line.isThere = true;
    sender.look(D);
    await later.turn.settle();
    expect([line.names, await states()]).toEqual([[], ['EXPIRED']]);
  });

  test('is answered by its own device alone; a word on something unknown is set aside', async () => {
    const { line, sender, tell, states, of } = await begin();
    await of.value('gas', 'D-2', 'ch4', 1);
    await tell();
    line.isThere = true;
    sender.look(D);
    await of.turn.settle();
    const said = JSON.stringify({ id: line.sent[0]?.command.id, ok: true });
    const other = await of.packet('lifeline/v1/gas/D-2/up/reply', said);
    const shape = await of.packet(`lifeline/v1/gas/${D}/up/reply`, '{"id":1}');
    expect([other, shape].map((o) => o.flaws.map((f) => f.code))).toEqual([
      ['unknown-command'],
      ['wrong-shape'],
    ]);
    expect(await states()).toEqual(['SENT']);
  });

  test('given twice under one commandId is one; another under it is refused', async () => {
    const { tell, states } = await begin();
    const [one, two] = [await tell({}, 'same'), await tell({}, 'same')];
    expect(one).toEqual(two);
    expect(await tell({ name: 'restart' }, 'same')).toMatchObject({ error: { code: 'command-reused' } });
    expect(await states()).toEqual(['PENDING']);
  });

  test('that moves something, or that no pack knows, is for two', async () => {
    const { tell, states } = await begin();
    for (const name of ['close-valve', 'vendors-own'])
      expect(await tell({ name })).toMatchObject({ error: { code: 'command-second-needed' } });
    expect(await tell({ name: 'close-valve', second: '王班长' })).toMatchObject({ ok: true });
    expect(await states()).toEqual(['PENDING']);
  });

  test('is refused with what would be right, and where as many wait as may', async () => {
    const { tell } = await begin();
    expect(await tell({ name: 'set-interval' })).toMatchObject({
      error: { code: 'command-unsound', detail: { en: '"seconds" (interval) is missing.' } },
    });
    for (let i = 0; i < 20; i++) expect((await tell()).ok).toBe(true);
    expect(await tell()).toMatchObject({ error: { code: 'too-many-commands' } });
  });

  test('that is withdrawn before it has left does not leave, says who, and lets the next one go', async () => {
    const { line, sender, tell, withdraw, states } = await begin();
    const first = await tell();
    await tell({ name: 'read-now' });
    const id = first.ok ? first.value.id : '';
    const done = await withdraw(id, 'once');
    expect(done).toMatchObject({
      value: { state: 'FAILED', steps: [{}, { why: 'withdrawn', said: '李值班', way: null }] },
    });
    // The same press again is the same act; another one has nothing left to take back.
    expect(await withdraw(id, 'once')).toEqual(done);
    expect(await withdraw(id)).toMatchObject({ error: { code: 'command-left' } });
    line.isThere = true;
    sender.look(D);
    expect((await states()).sort()).toEqual(['FAILED', 'SENT']);
    expect(line.names).toEqual(['read-now']);
  });

  test('that has left is not withdrawn, also while it waits for its line again', async () => {
    const { line, sender, tell, withdraw, states, news, office, of } = await begin();
    const made = await tell();
    const id = made.ok ? made.value.id : '';
    line.isThere = true;
    sender.look(D);
    await of.turn.settle();
    expect(await withdraw(id)).toMatchObject({ error: { code: 'command-left' } });
    line.isThere = false;
    await news(0, { is: 'gone' });
    expect(await states()).toEqual(['PENDING']);
    expect(await withdraw(id)).toMatchObject({ error: { code: 'command-left' } });
    expect(await withdraw('NOSUCH')).toMatchObject({ error: { code: 'not-found' } });
    const other = { by: LI, commandId: as.command('other') };
    expect(await office.withdraw(as.device('D-2'), as.deviceCommand(id), other)).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  test('withdrawn in the very turn in which it would leave, it leaves or is withdrawn, and never both', async () => {
    for (const isFirst of [true, false]) {
      const { line, sender, tell, withdraw, states, of } = await begin();
      const made = await tell();
      const id = made.ok ? made.value.id : '';
      line.isThere = true;
      if (!isFirst) sender.look(D);
      const done = withdraw(id);
      if (isFirst) sender.look(D);
      expect((await done).ok).toBe(isFirst);
      await of.turn.settle();
      expect([await states(), line.sent.length]).toEqual(isFirst ? [['FAILED'], 0] : [['SENT'], 1]);
    }
  });

  test('on a line whose mapping says what may be written has those names alone, within their bounds', async () => {
    const write = { name: 'set-setpoint', unit: '℃', min: 30, max: 65 };
    const stop = { name: 'set-interval', unit: 'min', min: 1, max: 60 };
    const { tell, office } = await begin(undefined, [write, stop]);
    expect(office.known(D)).toEqual([
      {
        ...{
          name: 'set-setpoint',
          does: { zh: 'set-setpoint', en: 'set-setpoint' },
          kind: 'command',
          byTwo: true,
        },
        params: [
          { key: 'value', name: { zh: '数值', en: 'value' }, type: 'number', unit: '℃', min: 30, max: 65 },
        ],
      },
      expect.objectContaining({
        ...{
          name: 'set-interval',
          does: { zh: '设置上报间隔', en: 'set how often it reports' },
          byTwo: false,
        },
        params: [expect.objectContaining({ key: 'seconds', unit: 'min', min: 1, max: 60 })],
      }),
    ]);
    const wish = { name: 'set-setpoint', second: '王班长' };
    expect(await tell({ ...wish, params: { value: 66 } })).toMatchObject({
      error: { code: 'command-unsound', detail: { en: '"value" (value) must be 30–65 ℃.' } },
    });
    expect((await tell({ ...wish, params: { value: 50 } })).ok).toBe(true);
    expect(office.needsSecond(D, 'set-setpoint')).toBe(true);
  });

  test('that nobody answers ends, two minutes after it may not leave any more', async () => {
    const { line, sender, tell, states, news, of } = await begin();
    await tell();
    line.isThere = true;
    sender.look(D);
    await news(0, { is: 'delivered' });
    await news(0, { is: 'delivered' });
    await of.pass(minutes(11));
    expect(await states()).toEqual(['DELIVERED']);
    await of.pass(minutes(1) + seconds(1));
    expect(await states()).toEqual(['EXPIRED']);
  });
});
