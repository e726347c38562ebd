import { openFilesLimit } from '../adapters/open-files/index.ts';
import { limitFor, type Shares, sharesOf } from '../adapters/open-files/shares.ts';
import type { Ground } from './ground.ts';

/** Who may have how many connections, as far as the limit of open files goes; it is said once. */
export function openFileShares({ config, log, meters }: Ground): Shares {
  const limit = openFilesLimit();
  const wanted = config.LIFELINE_MQTT_CONNECTIONS;
  const shares = sharesOf(limit, wanted);
  if (limit !== null) meters.set('open_files_limit', limit);
  const said = { limit, devices: shares.devices, consoles: shares.consoles };
  if (shares.devices >= wanted) log.info('connections that there is room for', said);
  else
    log.warn('the limit of open files lets fewer devices in than LIFELINE_MQTT_CONNECTIONS says', {
      ...said,
      wanted,
      right: `a limit of ${limitFor(wanted)}: LimitNOFILE= of the unit, --ulimit nofile= of the container, or ulimit -n`,
    });
  return shares;
}
