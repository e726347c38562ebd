import { afterAll, beforeAll, expect, test } from 'vitest';
import { forecastRoutes } from '../../../src/adapters/console-http/routes/ahead/forecast-routes.ts';
import { as } from '../../../src/domain/ids.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point
area,3416,亳州市,,,,,
area,341602,谯城区,3416,,,,
area,341621,涡阳县,3416,,,,
point,SPOT-1,一号点,,waterlogging,341602,,
point,SPOT-2,二号点,,waterlogging,341621,,
point,GAS-1,一号井,,gas,341602,,
`,
  });
  for (const code of ['SPOT-1', 'SPOT-2']) await edge.flow.value('waterlogging', code, 'depth', 3);
});
afterAll(() => edge.close());

test('a forecast is asked of a point of one’s own area alone', async () => {
  const token = await edge.person('district', ['operator'], ['341602']);
  const own = await edge.ask('forecast', { token, params: { code: 'SPOT-1' } });
  expect([own.status, own.json.none]).toEqual([200, 'not-yet']);
  const foreign = await edge.ask('forecast', { token, params: { code: 'SPOT-2' } });
  expect([foreign.status, foreign.json.code]).toEqual([404, 'point-unknown']);
});

test('where nothing is forecast that is said, and not that the point is unknown', async () => {
  const told = await edge.ask('forecast', { params: { code: 'GAS-1' } });
  expect([told.status, told.json.code]).toEqual([404, 'not-found']);
});

test('points at which a limit will be passed are listed of one’s own area alone', () => {
  const at = (point: string) => ({
    ...{ point, lifeline: 'waterlogging', metric: 'depth', unit: 'cm', rule: 'r', observedAt: 0, now: 20 },
    ...{ none: null, ahead: [], reaches: [], model: null, scored: [], rain: null, warning: null },
  });
  const { forecasts } = forecastRoutes({
    forecasts: { reaching: () => [at('SPOT-1'), at('SPOT-2')] },
  } as unknown as Parameters<typeof forecastRoutes>[0]);
  const register = {
    point: (code: string) => (code === 'SPOT-1' ? edge.flow.core.register.point(as.point(code)) : undefined),
  };
  const { items } = forecasts({ register } as never) as { items: { pointCode?: string; point?: string }[] };
  expect(items.map((i) => i.pointCode ?? i.point)).toEqual(['SPOT-1']);
});
