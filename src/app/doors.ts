import { join } from 'node:path';
import { MappingsDir } from '../adapters/mappings-dir/index.ts';
import { PacketDoors } from '../flow/doors/doors.ts';
import { PACKS } from '../packs/index.ts';
import { metricFaults } from '../wire/mapping/metric-faults.ts';
import { metricOf } from '../wire/mapping/pack-directory.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';

/** Those that come with the release. */
const SHIPPED_MAPPINGS = join(import.meta.dirname, '../../mappings');

/** The installation's own, in its data directory. */
export const OWN_MAPPINGS = 'mappings';

/** Where other people's packets come in, with the mappings of this installation. */
export function buildDoors({ options, config, log, meters }: Ground, { core, turn }: Flow): PacketDoors {
  const packs = options.packs ?? PACKS;
  const mappings = new MappingsDir({
    shipped: SHIPPED_MAPPINGS,
    own: join(config.LIFELINE_DATA_DIR, OWN_MAPPINGS),
    log,
    faultsOf: (mapping, text) => metricFaults(mapping, text, metricOf(packs)),
  });
  return new PacketDoors({
    mappings,
    register: core.register,
    book: core.book,
    autoRegister: config.LIFELINE_AUTO_REGISTER,
    intake: turn.intake,
    meters,
  });
}

/** `mapping=token` each. */
export const secretsOf = (given: readonly string[]): ReadonlyMap<string, string> =>
  new Map(given.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] as const));
