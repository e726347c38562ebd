import { no, ok, type Result } from '../../domain/result.ts';

/** What a CONNECT says (MQTT 3.1.1 §3.1), checked as strictly as the standard asks. */
export type Connect = {
  readonly clientId: string;
  readonly clean: boolean;
  readonly username: string | null;
  readonly password: Uint8Array | null;
  readonly will: { readonly topic: string; readonly qos: 0 | 1 | 2; readonly retain: boolean } | null;
};

/** Why a client does not get in. `returnCode` null: closed without a CONNACK, as for a malformed packet. */
export type ConnectRefusal = {
  readonly returnCode: 1 | 2 | 3 | 4 | 5 | null;
  /** Short and stable, for counting. */
  readonly code: string;
  readonly why: string;
};

/** Length of the packet that begins here; 0 while the length itself has not all come. */
export function packetLength(head: Uint8Array): number | 'malformed' {
  let length = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = head[i];
    if (byte === undefined) return 0;
    length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return length + i + 1;
  }
  return 'malformed';
}

export const isConnect = (firstByte: number): boolean => firstByte === 0x10;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }); // [MQTT-1.5.3-1], [MQTT-1.5.3-3]
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Reads one whole CONNECT. aedes decodes leniently (U+0000 and broken UTF-8 pass), so that it must be read
 * before aedes sees it; and a refusal must say why, which a dropped connection cannot.
 */
export function readConnect(packet: Uint8Array, clientIdChars: number): Result<Connect, ConnectRefusal> {
  try {
    return read(new Cursor(packet), clientIdChars);
  } catch (e) {
    if (e instanceof Malformed) return malformed(e.message);
    throw e;
  }
}

function read(at: Cursor, clientIdChars: number): Result<Connect, ConnectRefusal> {
  at.skipHeader();
  const protocol = at.text('the protocol name');
  const level = at.byte('the protocol level');
  // [MQTT-3.1.2-2]: an unknown level gets return code 1; an unknown name is not MQTT at all.
  if (protocol === 'MQTT' && level === 5) {
    return refuse(
      1,
      'mqtt5',
      'it speaks MQTT 5; this broker speaks 3.1.1: set the client to version 3.1.1 (4)',
    );
  }
  if (protocol !== 'MQTT' && protocol !== 'MQIsdp')
    return malformed(`its protocol is ${JSON.stringify(protocol)}`);
  if (level !== (protocol === 'MQTT' ? 4 : 3)) {
    return refuse(
      1,
      'protocol-level',
      `it speaks ${protocol} level ${level}; 3.1.1 (level 4) would be right`,
    );
  }
  const flags = at.byte('the connect flags');
  const willQos = (flags >> 3) & 3;
  const has = { will: (flags & 4) !== 0, username: (flags & 0x80) !== 0, password: (flags & 0x40) !== 0 };
  if ((flags & 1) !== 0) return malformed('its reserved connect flag is set'); // [MQTT-3.1.2-3]
  if (willQos === 3 || (!has.will && (flags & 0x38) !== 0))
    return malformed('its will flags contradict each other'); // [MQTT-3.1.2-11..15]
  if (has.password && !has.username) return malformed('it has a password and no user name'); // [MQTT-3.1.2-22]
  at.skip(2, 'the keep-alive');

  const clientId = at.text('the client id');
  const willTopic = has.will ? at.text('the will topic') : null;
  if (has.will) at.bytes('the will message');
  const username = has.username ? at.text('the user name') : null;
  const password = has.password ? at.bytes('the password') : null;
  if (!at.atEnd()) return malformed('bytes follow its last field');

  const clean = (flags & 2) !== 0;
  if (clientId === '' && (!clean || level === 3)) {
    // [MQTT-3.1.3-8]
    return refuse(2, 'client-id', 'its client id is empty, which needs clean session 1 and MQTT 3.1.1');
  }
  if (CONTROL.test(clientId)) return refuse(2, 'client-id', 'its client id contains control characters');
  if (clientId.length > clientIdChars) {
    return refuse(
      2,
      'client-id',
      `its client id has ${clientId.length} characters; at most ${clientIdChars} are allowed`,
    );
  }
  if (username !== null && CONTROL.test(username))
    return refuse(4, 'username', 'its user name contains control characters');
  return ok({
    clientId,
    clean,
    username,
    password,
    will:
      willTopic === null
        ? null
        : { topic: willTopic, qos: willQos as 0 | 1 | 2, retain: (flags & 0x20) !== 0 },
  });
}

class Malformed extends Error {}

class Cursor {
  readonly #packet: Uint8Array;
  #pos = 0;

  constructor(packet: Uint8Array) {
    this.#packet = packet;
  }

  skipHeader(): void {
    this.#pos = 1;
    while ((this.byte('the length') & 0x80) !== 0);
  }

  byte(what: string): number {
    const b = this.#packet[this.#pos++];
    if (b === undefined) throw new Malformed(`it ends within ${what}`);
    return b;
  }

  skip(n: number, what: string): void {
    for (let i = 0; i < n; i++) this.byte(what);
  }

  bytes(what: string): Uint8Array {
    const length = this.byte(what) * 256 + this.byte(what);
    const end = this.#pos + length;
    if (end > this.#packet.byteLength) throw new Malformed(`it ends within ${what}`);
    const bytes = this.#packet.subarray(this.#pos, end);
    this.#pos = end;
    return bytes;
  }

  text(what: string): string {
    const bytes = this.bytes(what);
    if (bytes.includes(0)) throw new Malformed(`${what} contains U+0000`); // [MQTT-1.5.3-2]
    try {
      return utf8.decode(bytes);
    } catch {
      throw new Malformed(`${what} is not UTF-8`);
    }
  }

  atEnd(): boolean {
    return this.#pos === this.#packet.byteLength;
  }
}

const refuse = (
  returnCode: ConnectRefusal['returnCode'],
  code: string,
  why: string,
): Result<never, ConnectRefusal> => no({ returnCode, code, why });
const malformed = (why: string): Result<never, ConnectRefusal> => refuse(null, 'malformed-connect', why);
