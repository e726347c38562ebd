import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
});
afterEach(() => edge.close());

const check = async (device: string, payload: unknown, lifeline = 'gas') =>
  (
    await edge.ask('checkTelemetry', {
      body: { lifeline, device, payload: typeof payload === 'string' ? payload : JSON.stringify(payload) },
    })
  ).json;

describe('the self-check of a packet', () => {
  test('says of each value what it would become, and of the rest what would be right', async () => {
    const answer = await check('GAS-1', { values: { ch4: 12.5, voltage: 3.6, temp: 'warm' } });
    expect(answer).toMatchObject({ pointCode: 'GAS-1', wouldRegister: true });
    expect(answer.values).toMatchObject([
      { metric: 'ch4', given: 12.5, value: 12.5, unit: '%LEL', quality: 'good', deviceTime: null },
      { metric: 'temp', given: null, value: null, quality: 'bad', why: 'not-a-number' },
    ]);
    expect(answer.flaws).toMatchObject([{ code: 'unknown-metric' }]);
    expect(answer.flaws[0].detail).toContain('"voltage" is not a metric of gas');
  });

  test('writes nothing: no point, no reading, no alarm, no packet set aside', async () => {
    await check('GAS-1', { values: { ch4: 60 } });
    await check('GAS-1', '{"values":');
    for (const route of ['points', 'devices', 'alarms', 'quarantine', 'latest'] as const) {
      const items: { lifeline?: string; pointCode?: string }[] = (await edge.ask(route)).json.items;
      expect([route, items.filter((i) => i.lifeline !== 'platform' && i.pointCode !== 'SERVICE')]).toEqual([
        route,
        [],
      ]);
    }
  });

  test('judges as the intake does: a jump after what was stored is doubted, and the stored stays', async () => {
    await edge.flow.telemetry('gas', 'GAS-1', { values: { temp: 20 } });
    const jumped = await check('GAS-1', { values: { temp: 999 } });
    expect(jumped.values[0].quality).not.toBe('good');
    expect(jumped.wouldRegister).toBe(false);
    const { json } = await edge.ask('latestOfPoint', { params: { code: 'GAS-1' } });
    expect(json.items).toMatchObject([{ metric: 'temp', value: 20, quality: 'good' }]);
  });

  test('takes what is no JSON, a foreign lifeline, and the wrong one of a known device', async () => {
    expect((await check('GAS-1', '{"values":')).flaws).toHaveLength(2);
    expect((await check('X', { values: { a: 1 } }, 'nuclear')).flaws[0].code).toBe('unknown-lifeline');
    expect((await check('X', { values: { health: 1 } }, 'platform')).flaws[0].code).toBe('reserved-lifeline');
    await edge.flow.telemetry('gas', 'GAS-1', { values: { ch4: 1 } });
    expect((await check('GAS-1', { values: { level: 1 } }, 'waterlogging')).flaws[0].code).toBe(
      'wrong-lifeline',
    );
  });

  test('tells a waveform from single values, with its samples', async () => {
    const answer = await check('B-1', { t0: 1, dt: 10, series: { ch4: [1, 2, 3] } });
    expect(answer.flaws.map((f: { code: string }) => f.code)).toContain('wrong-shape');
    expect(answer.values).toEqual([]);
  });
});
