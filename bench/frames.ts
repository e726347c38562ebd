/**
 * PUBLISH packets encoded once, with holes for what changes: packet id, device time, value. The generator
 * must never be the slower side of a measurement, so it patches bytes instead of building packets.
 */
export type Template = {
  readonly bytes: Buffer;
  /** Where the two bytes of the packet id are; -1 at QoS 0. */
  readonly idAt: number;
  /** Where the 13 digits of `ts` start. */
  readonly tsAt: number;
  /** Where the changing digit of the value is. */
  readonly digitAt: number;
};

const TS_HOLE = '0000000000000';

/** MQTT 3.1.1 §2.2.3: seven bits a byte, least significant first. */
function remainingLength(n: number): number[] {
  const bytes: number[] = [];
  let rest = n;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

const text = (s: string): Buffer => {
  const body = Buffer.from(s, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([length, body]);
};

/** CONNECT, protocol level 4, clean session, no keep-alive, optionally with a user name and password. */
export function connectFrame(clientId: string, username?: string, password?: string): Buffer {
  const flags = 0x02 | (username === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40);
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.from([4, flags, 0, 0]),
    text(clientId),
    ...(username === undefined ? [] : [text(username)]),
    ...(password === undefined ? [] : [text(password)]),
  ]);
  return Buffer.concat([Buffer.from([0x10, ...remainingLength(body.length)]), body]);
}

/** A normal gas reading of one device: far below every limit, so that intake is measured and not alarms. */
export function readingTemplate(device: string, qos: 0 | 1): Template {
  const topic = text(`lifeline/v1/gas/${device}/telemetry`);
  const payload = Buffer.from(`{"ts":${TS_HOLE},"values":{"ch4":1.20,"temp":21.4}}`);
  const id = qos === 0 ? Buffer.alloc(0) : Buffer.alloc(2);
  const body = Buffer.concat([topic, id, payload]);
  const bytes = Buffer.concat([Buffer.from([0x30 | (qos << 1), ...remainingLength(body.length)]), body]);
  const payloadAt = bytes.length - payload.length;
  return {
    bytes,
    idAt: qos === 0 ? -1 : payloadAt - 2,
    tsAt: payloadAt + payload.indexOf(TS_HOLE),
    digitAt: payloadAt + payload.indexOf('1.20') + 3,
  };
}

/** Copies the template to `into` at `at` and fills its holes; returns where the next may start. */
export function stamp(t: Template, into: Buffer, at: number, packetId: number, ts: number): number {
  t.bytes.copy(into, at);
  if (t.idAt >= 0) into.writeUInt16BE(packetId, at + t.idAt);
  into.write(String(ts), at + t.tsAt, 'latin1');
  // The last digit moves every four seconds: a living sensor, never a jump.
  into[at + t.digitAt] = 0x30 + (Math.floor(ts / 4000) % 5);
  return at + t.bytes.length;
}
