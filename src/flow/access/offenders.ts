import { Repeats } from '../../domain/repeats.ts';
import { minutes } from '../../domain/time.ts';
import type { Audit } from '../ports/audit.ts';
import type { Offence } from '../ports/broker.ts';
import type { Clock } from '../ports/clock.ts';
import type { Meters } from '../ports/meters.ts';

/** Offenders with a counter of their own; beyond them they are counted together. */
const NAMED = 100;
/** Entries a minute in the audit journal: a flood must not bury everything else there. */
const TRACED_A_MINUTE = 200;
/** Safe in the text of `/metrics`. */
const PLAIN = /^[\w.:@ -]{1,80}$/;

/** What clients tried that they may not do: counted by offender, and traced once a minute for each kind. */
export class Offenders {
  readonly #audit: Pick<Audit, 'record'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #meters: Meters;
  readonly #at: 'mqtt' | 'door';
  readonly #named = new Set<string>();
  readonly #repeats = new Repeats<Offence>({ oneByOne: 1, kindsAtMost: TRACED_A_MINUTE });
  #minute = 0;

  /** @param o.at whose clients they are */
  constructor(o: {
    audit: Pick<Audit, 'record'>;
    clock: Pick<Clock, 'now'>;
    meters: Meters;
    at?: 'mqtt' | 'door';
  }) {
    this.#at = o.at ?? 'mqtt';
    this.#audit = o.audit;
    this.#clock = o.clock;
    this.#meters = o.meters;
  }

  readonly hear = (offence: Offence): void => {
    const now = this.#clock.now();
    const minute = Math.floor(now / minutes(1));
    if (minute !== this.#minute) this.#endMinute(minute);
    this.#count(offence);
    const kind = `${offence.address} ${offence.code} ${offence.by}`;
    if (this.#repeats.note(kind, offence)) this.#trace(offence);
  };

  /** What went on unseen is told as a number, when the next one comes or the service stops. */
  #endMinute(minute: number): void {
    const { kinds, beyond } = this.#repeats.end();
    for (const { last, times } of kinds) this.#trace(last, { timesMore: times });
    if (beyond !== null)
      this.#trace(
        { by: null, address: 'many', code: 'flood', why: 'too many to be traced singly' },
        { times: beyond.times },
      );
    this.#minute = minute;
  }

  /** To be called when the service stops. */
  close(): void {
    this.#endMinute(0);
  }

  #count({ by, address, code }: Offence): void {
    // A stranger may call themselves anything: their address is what can be counted.
    const name = by?.startsWith('device ') || by?.startsWith('system ') ? by : address;
    const known = this.#named.has(name);
    if (!known && this.#named.size < NAMED && PLAIN.test(name)) this.#named.add(name);
    const label = this.#named.has(name) ? name : 'others';
    if (this.#at === 'door') this.#meters.count(`door_offences_total{by="${label}",why="${code}"}`);
    else this.#meters.count(`mqtt_offences_total{by="${label}",why="${code}"}`);
  }

  #trace({ by, address, code, why }: Offence, after?: Readonly<Record<string, number>>): void {
    void this.#audit.record({
      at: this.#clock.now(),
      who: by?.replace(/^(device|system) /, '$1:').slice(0, 100) ?? null,
      from: address,
      what: `${this.#at}.offence`,
      object: null,
      outcome: 'refused',
      why: code,
      after: { ...after, why: why.slice(0, 300) },
    });
  }
}
