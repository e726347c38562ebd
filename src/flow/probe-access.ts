import type { Accounts, Session } from './ports/accounts.ts';
import type { Admission, Credential, Intake } from './ports/broker.ts';
import { PROBE_DEVICE, PROBE_TOPIC } from './probe.ts';

const SESSION: Session = {
  kind: 'machine',
  account: 'probe:',
  name: 'probe',
  roles: ['wall'],
  areas: null,
  unit: null,
  mustSetPassword: false,
  mustEnrol: false,
  expiresAt: null,
};

/**
 * Lets the probe in by the doors that devices and consoles use. The secret is made anew with each start, lies in no file, and
 * opens nothing else: the session is that of a wall screen.
 */
export class ProbeAccess {
  readonly secret: string;
  readonly #bytes: Uint8Array;

  /** @param secret that nobody can guess */
  constructor(secret: string) {
    this.secret = secret;
    this.#bytes = new TextEncoder().encode(secret);
  }

  /** @returns `null`: it does not call itself the probe */
  admit({ username, password, certificate }: Credential): Admission | null {
    if (username !== PROBE_DEVICE) return null;
    return certificate === null && password !== null && isSame(password, this.#bytes)
      ? { as: 'device', device: PROBE_DEVICE }
      : { as: 'refused', why: 'the probe is ours, and its secret is in this process alone' };
  }

  /** What comes on the probe's topic is our own word: the door lets nobody else publish there who shows a key. */
  intake(intake: Intake): Intake {
    return (packet, release) =>
      intake(packet.topic === PROBE_TOPIC ? { ...packet, own: true } : packet, release);
  }

  accounts(accounts: Pick<Accounts, 'session' | 'peek'>): Pick<Accounts, 'session' | 'peek'> {
    return {
      session: (token) => (token === this.secret ? SESSION : accounts.session(token)),
      peek: (token) => (token === this.secret ? SESSION : accounts.peek(token)),
    };
  }
}

/** Takes as long whatever differs. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let differs = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) differs |= (a[i] ?? 0) ^ (b[i] as number);
  return differs === 0;
}
