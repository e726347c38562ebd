import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import { minutes, seconds } from '../../src/domain/time.ts';
import { World } from './world.ts';

/** An excursion is open; then this is all that comes, for an hour. @returns kinds of events since */
async function afterwards(raw: unknown, device = 'W1', attributes: Record<string, string> = {}) {
  const world = await World.begin();
  await world.value('waterlogging', device, 'depth', 1);
  const point = world.core.register.point(as.point(device));
  if (point === undefined) throw new Error('not registered');
  await world.change([{ kind: 'point', point: { ...point, attributes } }]);
  for (let i = 0; i < 5; i++) {
    await world.pass(seconds(30));
    await world.value('waterlogging', device, 'depth', 95);
  }
  const before = world.kinds(device).length;
  expect(world.open(device).some((a) => a.phase.is === 'active-unacked')).toBe(true);
  for (let i = 0; i < 60; i++) {
    await world.pass(minutes(1));
    await world.value('waterlogging', device, 'depth', raw);
  }
  return { world, since: world.kinds(device).slice(before) };
}

describe('a value that became a fault code never lets an alarm go', () => {
  test('control: a value that is back to normal does', async () => {
    expect((await afterwards(2)).since).toContain('returned');
  });

  test.each([65535, 655.35, 327.67, 65.535, 32.767, 9.999, -327.68, 9999, null, '12', { v: 1 }])(
    '%j',
    async (raw) => {
      const { world, since } = await afterwards(raw);
      expect(since).not.toContain('returned');
      expect(world.open('W1').some((a) => a.phase.is === 'active-unacked')).toBe(true);
    },
  );

  test('a code that may as well be a value raises an alarm, and says its doubt', async () => {
    const world = await World.begin();
    await world.value('gas', 'G1', 'ch4', 1);
    await world.pass(minutes(1));
    await world.value('gas', 'G1', 'ch4', 65.535);
    expect(world.open('G1')).toMatchObject([{ level: 1 }]);
    expect((await world.stored('G1', 'ch4')).at(-1)).toMatchObject({
      value: 65.535,
      quality: { grade: 'doubtful', why: 'sentinel' },
    });
  });

  test('and what comes behind is judged by the same measure', async () => {
    const world = await World.begin();
    const now = world.clock.now();
    await world.value('gas', 'G1', 'ch4', 60, now);
    world.clock.forward(seconds(10));
    await world.value('gas', 'G1', 'ch4', 61, now + seconds(10));
    await world.value('gas', 'G1', 'ch4', 9.999, now + seconds(5));
    expect(world.kinds('G1')).not.toContain('returned');
  });
});

describe('fault values of one device', () => {
  test('"no echo" as the register has it is no measurement, and ends no alarm', async () => {
    const { world, since } = await afterwards(5.003, 'W1', { 'sentinel.depth': '5.003, -1' });
    expect(since).not.toContain('returned');
    const kept = await world.stored('W1', 'depth');
    expect(kept.at(-1)).toMatchObject({ value: null, quality: { grade: 'bad', why: 'sentinel' } });
  });

  test('go with the instrument: a device brings its own and those of its model, and takes them away again', async () => {
    let world = await World.begin();
    await world.value('waterlogging', 'W1', 'depth', 1);
    const device = world.core.register.device(as.device('W1'));
    if (device === undefined) throw new Error('not registered');
    const model = (values: string) =>
      ({
        kind: 'model',
        model: { code: as.model('U3'), name: 'U3', vendor: null, attributes: { 'sentinel.depth': values } },
      }) as const;
    const heard = async (value: number, by = 'W1') => {
      await world.pass(minutes(1));
      await world.value('waterlogging', by, 'depth', value);
      return (await world.stored('W1', 'depth')).at(-1)?.value ?? null;
    };

    expect(await heard(5.003)).toBe(5.003);
    await world.change([
      model('5.003'),
      {
        kind: 'device',
        device: { ...device, model: as.model('U3'), attributes: { 'sentinel.depth': '4.001' } },
      },
    ]);
    expect([await heard(5.003), await heard(4.001), await heard(2)]).toEqual([null, null, 2]);

    world = await world.restart();
    expect([await heard(5.003), await heard(2)]).toEqual([null, 2]);

    // The model is mended: it holds at once for whatever is of it.
    await world.change([model('6.007')]);
    expect([await heard(5.003), await heard(6.007)]).toEqual([5.003, null]);

    // Swapped.
    await world.change([
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
    const world = await World.begin();
    await world.value('gas', 'G1', 'ch4', 1);
    await world.pass(minutes(1));
    const { outcome } = await world.packet('lifeline/v1/gas/G1/telemetry', payload);
    expect(outcome).toBe('kept');
    expect(world.open('G1')).toMatchObject([{ level: 1, late: false }]);
    expect(world.core.points.of(as.point('G1'))?.memory.heardAt).toBe(world.clock.now());
  });

  test('NaN within a text, or where no value stands, stays what it is', async () => {
    const world = await World.begin();
    const said = await world.packet(
      'lifeline/v1/gas/G1/telemetry',
      '{"values":{"ch4":1},"x":"a: NaN, \\":NaN"}',
    );
    expect(said.flaws).toEqual([]);
    const junk = await world.packet('lifeline/v1/gas/G1/telemetry', '{"values":{NaN:1}}');
    expect(junk.flaws).toMatchObject([{ code: 'not-json' }]);
  });
});
