import { systemIds } from '../adapters/ids/index.ts';
import { days, minutes } from '../domain/time.ts';
import { ForecastDesk } from '../flow/forecast/forecast-desk.ts';
import { LeakSignsOfHistory } from '../flow/forecast/leak-or-biogas.ts';
import { PACKS } from '../packs/index.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';

/** What the next half hour brings, beside the way of a reading. It learns once it runs. */
export function buildForecasts(ground: Ground, { core, turn, breathe, history }: Flow) {
  const { options, clock, log, ahead } = ground;
  const desk = new ForecastDesk({
    core,
    packs: options.packs ?? PACKS,
    turn,
    history,
    ids: systemIds,
    clock,
    log,
    breathe,
  });
  ahead.heard = (record) => desk.heard(record);
  const start = (): (() => void)[] => {
    const missed = (cause: unknown): void =>
      log.warn('a forecast could not be made', { cause: String(cause) });
    // What stands in water now is said at once, and not after a first minute.
    void desk
      .fit()
      .then(() => desk.minute())
      .catch(missed);
    return [
      clock.every(minutes(1), () => void desk.minute().catch(missed)),
      clock.every(days(1), () => void desk.fit().catch(missed)),
    ];
  };
  const leakSigns = new LeakSignsOfHistory({ core, packs: options.packs ?? PACKS, history });
  return { desk, leakSigns, start };
}
