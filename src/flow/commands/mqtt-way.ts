import { downText } from '../../wire/mqtt/down.ts';
import { downTopic } from '../../wire/mqtt/topics.ts';
import type { Broker } from '../ports/broker.ts';
import type { Clock } from '../ports/clock.ts';
import type { WayDown } from '../ports/down/ways.ts';
import type { RegisterView } from '../ports/service.ts';

/** Down by our own broker, to devices that are connected and listen (interfaces §2). */
export function mqttWay(o: {
  readonly broker: Pick<Broker, 'reaches' | 'command'>;
  readonly register: Pick<RegisterView, 'device'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly isClockDoubted: () => boolean;
}): WayDown {
  return {
    reaches: (device, kind) => {
      const lifeline = o.register.device(device)?.lifeline;
      return lifeline !== undefined && o.broker.reaches(device, downTopic(lifeline, device, kind))
        ? 'mqtt'
        : null;
    },
    send: (command, tell) => {
      const { device, lifeline, kind } = command;
      const payload = downText(command, o.isClockDoubted() ? null : o.clock.now());
      const topic = downTopic(lifeline, device, kind);
      o.broker.command({ device, topic, payload, until: command.expiresAt }, (is) => tell({ is }));
    },
  };
}
