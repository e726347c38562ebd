import { JournalSqlite } from '../../src/adapters/journal-sqlite/index.ts';
import { as } from '../../src/domain/ids.ts';
import type { RegisterChange } from '../../src/domain/register/register.ts';
import { turnOf } from './a-data-dir.ts';

const AREA = as.area('341602');

/** A data directory of a service that has gas points GAS-1 … GAS-n, and not one reading. */
export async function makeEmptyService(dir: string, points: number): Promise<void> {
  const journal = new JournalSqlite({ dir });
  await journal.recover();
  const register = Array.from({ length: points }, (_, i): RegisterChange => {
    const code = as.point(`GAS-${i + 1}`);
    return {
      kind: 'point',
      point: {
        code,
        name: `阀井${i + 1}`,
        lifeline: as.lifeline('gas'),
        asset: null,
        area: AREA,
        place: null,
        unverified: false,
        outOfService: null,
        attributes: {},
      },
    };
  });
  await journal.commit({ ...turnOf(1, []), register });
  await journal.stoppedCleanly(Date.now());
  await journal.close();
}
