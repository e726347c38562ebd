import { type IPublishPacket, parser } from 'mqtt-packet';
import type { AedesPacket } from './aedes-internals.ts';

/** A device that wakes up for one reading sends a few; past them it is no such device. */
const AT_MOST = 100;

/**
 * What a client has published behind its CONNECT, in order, up to its DISCONNECT or to what is no MQTT.
 *
 * @param bytes whole packets; half of one at the end was never sent
 */
export function publishesIn(bytes: Uint8Array): readonly AedesPacket[] {
  const found: AedesPacket[] = [];
  let ended = false;
  const reader = parser({ protocolVersion: 4 });
  reader.on('packet', (packet) => {
    if (packet.cmd !== 'publish') ended ||= packet.cmd === 'disconnect';
    else if (!ended && found.length < AT_MOST) found.push(inside(packet));
  });
  reader.on('error', () => {
    ended = true;
  });
  if (bytes.length > 0) reader.parse(Buffer.from(bytes));
  return found;
}

/** Without its packet id, which nobody will be told. */
const inside = ({ topic, payload, qos, retain, dup }: IPublishPacket): AedesPacket => ({
  cmd: 'publish',
  topic,
  payload: Buffer.from(payload),
  qos,
  retain,
  dup,
});
