import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { FlowHarness } from '../flow-harness.ts';

/** An excursion is open; then this is all that comes, for an hour. @returns kinds of events since */
async function afterwards(raw: unknown, device = 'W1', attributes: Record<string, string> = {}) {
  const flow = await FlowHarness.begin();
  await flow.value('waterlogging', device, 'depth', 1);
  const point = flow.core.register.point(as.point(device));
  if (point === undefined) throw new Error('not registered');
  await flow.change([{ kind: 'point', point: { ...point, attributes } }]);
  for (let i = 0; i < 5; i++) {
    await flow.pass(seconds(30));
    await flow.value('waterlogging', device, 'depth', 95);
  }
  const before = flow.kinds(device).length;
  expect(flow.open(device).some((a) => a.phase.is === 'active-unacked')).toBe(true);
  for (let i = 0; i < 60; i++) {
    await flow.pass(minutes(1));
    await flow.value('waterlogging', device, 'depth', raw);
  }
  return { flow, since: flow.kinds(device).slice(before) };
}

describe('a value that became a fault code never lets an alarm go', () => {
  test('control: a value that is back to normal does', async () => {
    expect((await afterwards(2)).since).toContain('returned');
  });

  test.each([65535, 655.35, 327.67, 65.535, 32.767, 9.999, -327.68, 9999, null, '12', { v: 1 }])(
    '%j',
    async (raw) => {
      const { flow, since } = await afterwards(raw);
      expect(since).not.toContain('returned');
      expect(flow.open('W1').some((a) => a.phase.is === 'active-unacked')).toBe(true);
    },
  );

  test('a code that may as well be a value raises an alarm, and says its doubt', async () => {
    const flow = await FlowHarness.begin();
    await flow.value('gas', 'G1', 'ch4', 1);
    await flow.pass(minutes(1));
    await flow.value('gas', 'G1', 'ch4', 65.535);
    expect(flow.open('G1')).toMatchObject([{ level: 1 }]);
    expect((await flow.stored('G1', 'ch4')).at(-1)).toMatchObject({
      value: 65.535,
      quality: { grade: 'doubtful', why: 'sentinel' },
    });
  });

  test('and what comes behind is judged by the same measure', async () => {
    const flow = await FlowHarness.begin();
    const now = flow.clock.now();
    await flow.value('gas', 'G1', 'ch4', 60, now);
    flow.clock.forward(seconds(10));
    await flow.value('gas', 'G1', 'ch4', 61, now + seconds(10));
    await flow.value('gas', 'G1', 'ch4', 9.999, now + seconds(5));
    expect(flow.kinds('G1')).not.toContain('returned');
  });
});

describe('fault values of one device', () => {
  test('"no echo" as the register has it is no measurement, and ends no alarm', async () => {
    const { flow, since } = await afterwards(5.003, 'W1', { 'sentinel.depth': '5.003, -1' });
    expect(since).not.toContain('returned');
    const kept = await flow.stored('W1', 'depth');
    expect(kept.at(-1)).toMatchObject({ value: null, quality: { grade: 'bad', why: 'sentinel' } });
  });

  test('go with the instrument: a device brings its own and those of its model, and takes them away again', async () => {
    let flow = await FlowHarness.begin();
    await flow.value('waterlogging', 'W1', 'depth', 1);
    const device = flow.core.register.device(as.device('W1'));
    if (device === undefined) throw new Error('not registered');
    const model = (values: string) =>
      ({
        kind: 'model',
        model: { code: as.model('U3'), name: 'U3', vendor: null, attributes: { 'sentinel.depth': values } },
      }) as const;
    const heard = async (value: number, by = 'W1') => {
      await flow.pass(minutes(1));
      await flow.value('waterlogging', by, 'depth', value);
      return (await flow.stored('W1', 'depth')).at(-1)?.value ?? null;
    };

    expect(await heard(5.003)).toBe(5.003);
    await flow.change([
      model('5.003'),
      {
        kind: 'device',
        device: { ...device, model: as.model('U3'), attributes: { 'sentinel.depth': '4.001' } },
      },
    ]);
    expect([await heard(5.003), await heard(4.001), await heard(2)]).toEqual([null, null, 2]);

    flow = await flow.restart();
    expect([await heard(5.003), await heard(2)]).toEqual([null, 2]);

    // The model is mended: it holds at once for whatever is of it.
    await flow.change([model('6.007')]);
    expect([await heard(5.003), await heard(6.007)]).toEqual([5.003, null]);

    // Swapped.
    await flow.change([
      { kind: 'device', device: { ...device, point: null, model: as.model('U3') } },
      { kind: 'device', device: { ...device, code: as.device('W9') } },
    ]);
    expect([await heard(6.007, 'W9'), await heard(4.001, 'W9')]).toEqual([6.007, 4.001]);
  });

  test('hold for that device alone', async () => {
    expect((await afterwards(5.003, 'W2')).since).toContain('returned');
  });
});

describe('a fault value of one metric leaves the others beside it', () => {
  const BESIDE = [
    ['text', '{"values":{"ch4":60,"h2s":"12"}}'],
    ['an object', '{"values":{"ch4":60,"h2s":{"v":1}}}'],
    ['a list', '{"values":{"h2s":[1,2],"ch4":60}}'],
    ['NaN in quotation marks', '{"values":{"ch4":60,"h2s":"NaN"}}'],
    ['null', '{"values":{"ch4":60,"h2s":null}}'],
    ['more than a double', '{"values":{"ch4":60,"h2s":1e400}}'],
    ['NaN as some write it', '{"values":{"ch4":60,"h2s":NaN}}'],
    ['minus infinity as some write it', '{"values":{"h2s":-Infinity,"ch4":60}}'],
    ['nan as C writes it', '{"values":{"h2s":-nan,"ch4":60,"temp":inf}}'],
    ['an unknown metric', '{"values":{"ch4":60,"nothing":1}}'],
    ['a name that is none', '{"values":{"甲烷":1,"ch4":60}}'],
    ['a code for a fault', '{"values":{"h2s":65535,"ch4":60}}'],
    ['a waveform without spacing beside it', '{"values":{"ch4":60},"series":{"ax":[1]}}'],
    ['a waveform that is none beside it', '{"values":{"ch4":60},"series":7,"dt":10}'],
    ['a bad battery', '{"values":{"ch4":60},"battery":{"v":3},"rssi":"low"}'],
    ['a bad counter', '{"values":{"ch4":60},"seq":-1}'],
    ['one bad instant in a batch', '[{"ts":"x","values":{"ch4":60}},{"values":{"ch4":60}}]'],
    ['one item of a batch that is none', '[7,null,{"values":[]},{"values":{"ch4":60}}]'],
  ] as const;

  test.each(BESIDE)('%s', async (_name, payload) => {
    const flow = await FlowHarness.begin();
    await flow.value('gas', 'G1', 'ch4', 1);
    await flow.pass(minutes(1));
    const { outcome } = await flow.packet('lifeline/v1/gas/G1/telemetry', payload);
    expect(outcome).toBe('kept');
    expect(flow.open('G1')).toMatchObject([{ level: 1, late: false }]);
    expect(flow.core.points.of(as.point('G1'))?.memory.heardAt).toBe(flow.clock.now());
  });

  test('NaN within a text, or where no value stands, stays what it is', async () => {
    const flow = await FlowHarness.begin();
    const said = await flow.packet(
      'lifeline/v1/gas/G1/telemetry',
      '{"values":{"ch4":1},"x":"a: NaN, \\":NaN"}',
    );
    expect(said.flaws).toEqual([]);
    const junk = await flow.packet('lifeline/v1/gas/G1/telemetry', '{"values":{NaN:1}}');
    expect(junk.flaws).toMatchObject([{ code: 'not-json' }]);
  });
});
