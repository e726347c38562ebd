/** Connections of devices over MQTT, and of consoles and systems over HTTP, at once. */
export type Shares = { readonly devices: number; readonly consoles: number };

/** Journal, history, audit, logs, maps, threads; and what a bundle or a copy opens for a while. */
const OWN = 128;
const CONSOLES = { least: 32, most: 10_000, ofLimit: 1 / 10 } as const;
/** Where even that is too much, half of what there is remains for others than devices. */
const DEVICES_OF_LIMIT = 1 / 2;

/**
 * Shares out what a process may have open: who comes last would be refused by the system itself, without a word, be it a
 * device, the console of the control room, or the next file of the journal.
 *
 * @param limit of the process; `null`: nobody knows
 * @param wanted connections of devices, as configured
 */
export function sharesOf(limit: number | null, wanted: number): Shares {
  if (limit === null) return { devices: wanted, consoles: CONSOLES.most };
  const { least, most, ofLimit } = CONSOLES;
  const consoles = Math.min(Math.max(Math.floor(limit * ofLimit), least), most);
  const devices = Math.max(limit - OWN - consoles, Math.floor(limit * DEVICES_OF_LIMIT));
  return { devices: Math.min(wanted, devices), consoles };
}

/** What the limit would have to be for all of them. */
export function limitFor(wanted: number): number {
  let limit = wanted + OWN + CONSOLES.least;
  while (sharesOf(limit, wanted).devices < wanted) limit += 1_000;
  return Math.ceil(limit / 1_000) * 1_000;
}
