import { networkInterfaces } from 'node:os';

/** A listener as its keys of the configuration name it: `LIFELINE_<what>_HOST` and `_PORT`. */
export type Listens =
  | 'HTTP'
  | 'MQTT'
  | 'MQTTS'
  | 'DOOR_SL651'
  | 'DOOR_HJ212'
  | 'DOOR_GB26875'
  | 'DOOR_MODBUS'
  | 'DOOR_SZY206';

/** An address that cannot be listened on; the message says why, and which key would be right how. */
export class CannotListen extends Error {
  constructor(what: Listens, where: { readonly host: string; readonly port: number }, cause: unknown) {
    super(
      `${what} cannot listen on ${where.host.includes(':') ? `[${where.host}]` : where.host}:${where.port}: ${whyNot(what, where, cause)}`,
      { cause },
    );
    this.name = 'CannotListen';
  }
}

function whyNot(what: Listens, { host, port }: { host: string; port: number }, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  // What comes from a thread has its code in its text alone.
  switch (code ?? /\bE[A-Z_]{3,}\b/.exec(String(message))?.[0]) {
    case 'EADDRINUSE':
      return `something listens there already (EADDRINUSE): stop it, or set LIFELINE_${what}_PORT to another port (0: any free one).`;
    case 'EACCES':
      return `this user may not take port ${port} (EACCES): set LIFELINE_${what}_PORT to one from 1024 on, or let a proxy have it.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `"${host}" names no address; LIFELINE_${what}_HOST should be one of this machine: ${ownAddresses()}.`;
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return `${host} is no address of this machine; LIFELINE_${what}_HOST should be one: ${ownAddresses()}.`;
    default:
      return `${message ?? String(cause)}.`;
  }
}

function ownAddresses(): string {
  const own = Object.values(networkInterfaces()).flatMap((of) => (of ?? []).map((a) => a.address));
  return ['0.0.0.0 (all)', ...own.filter((a) => !a.startsWith('fe80:'))].join(', ');
}
