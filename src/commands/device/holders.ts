import type { KeysLooked } from '../../adapters/device-keys/look.ts';
import { nearest } from '../../config/nearest.ts';
import type { RegisterChange } from '../../domain/register/register.ts';
import { NotDone } from '../command.ts';

/** Before anything is issued: a code that was mistyped would get a credential of its own, and the device none. */
export function mustHaveKeys({ keys, barred }: KeysLooked, holders: readonly string[]): void {
  const known = new Set([...keys, ...barred].map(({ holder }) => holder));
  for (const holder of holders)
    if (!known.has(holder))
      throw new NotDone(
        `${holder} has no credential that could be rotated${meant(holder, [...known])}; nothing was issued (add issues a first one)`,
      );
}

/** While no device is registered at all, credentials may come first. @param changes points, devices and models */
export function mustBeRegistered(changes: readonly RegisterChange[], holders: readonly string[]): void {
  const known = new Set<string>(changes.flatMap((c) => (c.kind === 'device' ? [c.device.code] : [])));
  if (known.size === 0) return;
  for (const holder of holders)
    if (!holder.startsWith('system:') && !known.has(holder))
      throw new NotDone(
        `device ${holder} is not in the register${meant(holder, [...known])}; nothing was issued (register it first, or --unregistered issues one all the same)`,
      );
}

function meant(holder: string, known: readonly string[]): string {
  const near = nearest(holder, known, 2);
  return near === null ? '' : `; did you mean ${near}?`;
}
