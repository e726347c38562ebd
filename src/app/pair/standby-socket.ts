import { ControlSocket } from '../../adapters/control-socket/index.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Log } from '../../flow/ports/log.ts';

type StandbySocketOptions = {
  readonly dir: string;
  readonly http: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
};

const elsewhere = (): Promise<never> =>
  Promise.reject(new Error('this machine stands by: run it on the active one'));

/** Says to programs of this machine that it stands by, and does nothing for them. */
export function standbySocket({ dir, http, version, clock, log }: StandbySocketOptions): ControlSocket {
  return new ControlSocket({
    dir,
    hello: { pid: process.pid, version, mqtt: '', http, role: 'standby' },
    history: null,
    keys: { issue: elsewhere, revoke: elsewhere },
    clock,
    log,
  });
}
