import { expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { Pack } from '../../src/domain/pack.ts';
import { minutes } from '../../src/domain/time.ts';
import { PACKS } from '../../src/packs/index.ts';
import { above, rule, step } from '../domain/judge/rules.ts';
import { TOGETHER } from '../months/house.ts';
import { FlowHarness } from './flow-harness.ts';

const GAS: Pack = {
  ...(PACKS.find((p) => p.lifeline === 'gas') as Pack),
  rules: [
    {
      ...rule({ of: 'value' }, step(3, above(10))),
      ...{ id: as.rule('gas.ch4.limit'), lifeline: as.lifeline('gas'), metric: as.metric('ch4') },
    },
  ],
};

test('an alarm that came back is one of its incident, and not two', async () => {
  const flow = await FlowHarness.begin({ packs: [GAS], correlations: [TOGETHER] });
  const say = async (device: string, value: number) => {
    flow.clock.forward(minutes(1));
    await flow.value('gas', device, 'ch4', value);
  };
  for (const value of [20, 1, 20, 1, 20]) await say('G-1', value);
  await say('G-2', 20);
  const [incident] = flow.board.responses.incidents();
  const members = incident?.members.map((m) => m.point);
  expect(members).toEqual(['G-1', 'G-2']);
  expect(incident?.reasons).toHaveLength(2);
});
