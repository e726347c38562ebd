import type { AdmittedClient } from '../../flow/ports/broker.ts';
import type { Connect, ConnectRefusal } from './connect-packet.ts';
import type { Limits } from './limits.ts';
import { boundName, identity, mayUseClientId, publishingForbidden } from './rights.ts';

/**
 * Why somebody whom the gate lets in may not have what their CONNECT asks for; `null`: they may.
 *
 * @param holder who has that client id now, or has the one that we gave where none was asked for
 */
export function connectForbidden(
  connect: Connect,
  who: AdmittedClient,
  holder: AdmittedClient | undefined,
  limits: Limits,
): ConnectRefusal | null {
  const asked = JSON.stringify(connect.clientId);
  if (!mayUseClientId(who, connect.clientId)) {
    const why = `the client id of ${identity(who)} is ${asked}; ${boundName(who)}, or that and ":" and a suffix, would be right`;
    return { returnCode: 2, code: 'client-id-not-own', why };
  }
  const { will } = connect;
  const illWill = will === null ? null : publishingForbidden(who, will.topic, limits);
  if (illWill !== null) return { returnCode: 5, code: 'will-not-own', why: `of its last will, ${illWill}` };
  // The same client again takes over its own connection ([MQTT-3.1.4-2]); somebody else does not.
  if (holder !== undefined && holder.as !== 'anonymous' && identity(holder) !== identity(who)) {
    const why = `the client id ${asked} is in use by ${identity(holder)}`;
    return { returnCode: 2, code: 'client-id-taken', why };
  }
  return null;
}
