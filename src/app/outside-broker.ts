import { BrokerOutside } from '../adapters/broker-outside/index.ts';
import { KeptSession } from '../adapters/broker-outside/kept-session.ts';
import { brokerPlaces } from '../adapters/broker-outside/place.ts';
import type { Broker } from '../flow/ports/broker.ts';
import type { Doors } from '../flow/ports/doors.ts';
import { filterOf } from '../wire/mapping/json.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** The broker that others run, where there is one. */
export function buildOutsideBroker(
  { options, config, clock, log, meters }: Ground,
  { storage, flow }: { readonly storage: Storage; readonly flow: Flow },
  doors: Doors,
): BrokerOutside | null {
  const address = config.LIFELINE_MQTT_URL;
  if (address === undefined) return null;
  return new BrokerOutside({
    places: brokerPlaces(address),
    session: options.pair?.session ?? new KeptSession(config.LIFELINE_DATA_DIR),
    intake: flow.turn.intake,
    foreign: { fromTopic: (who, packet, release) => doors.fromTopic(who, packet, release) },
    foreignFilters: () => [
      ...new Set(
        doors.mappings
          .list()
          .flatMap(({ inForce }) => (inForce?.protocol === 'json' ? inForce.topics.map(filterOf) : [])),
      ),
    ],
    lost: (why) => storage.losses.brokerSession(why),
    clock,
    meters,
    log,
  });
}

/** Down to devices: over the broker at which they are. That it has a command is not yet that the device has it. */
export const commandedOver = (
  own: Broker,
  outside: BrokerOutside | null,
): Pick<Broker, 'reaches' | 'command'> =>
  outside === null
    ? own
    : {
        reaches: () => outside.isUp,
        command: ({ topic, payload, until }) => outside.tell(topic, payload, until),
      };
