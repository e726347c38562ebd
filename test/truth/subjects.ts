import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFloods } from '../../simulators/replay/floodnet.ts';
import { type Account, accountOf, judged } from './account.ts';
import { chilbolton } from './chilbolton.ts';
import { floodnet } from './floodnet.ts';
import { type ForecastRow, forecastRows } from './forecast.ts';
import { munich } from './munich.ts';
import { type TemperatureAccount, temperatureAccount } from './temperature.ts';

export const DATA = join(import.meta.dirname, '../../../shared/data');
export const areThere = (): boolean =>
  ['floodnet', 'chilbolton', 'munich-bridge'].every((folder) => existsSync(join(DATA, folder)));

/** Over every recording that says what was true. */
export function accounts(): readonly Account[] {
  const floods = floodnet(join(DATA, 'floodnet/flood-events.csv'));
  const flooded = judged(floods[0]?.recordings ?? []);
  return [
    ...floods.map((subject) => accountOf(subject, flooded)),
    ...[chilbolton(join(DATA, 'chilbolton')), munich(join(DATA, 'munich-bridge'))].map((subject) =>
      accountOf(subject, judged(subject.recordings)),
    ),
  ];
}

export const forecasts = (): readonly ForecastRow[] =>
  forecastRows(parseFloods(readFileSync(join(DATA, 'floodnet/flood-events.csv'), 'utf8')));

export const temperature = (): TemperatureAccount => temperatureAccount(join(DATA, 'munich-bridge'));
