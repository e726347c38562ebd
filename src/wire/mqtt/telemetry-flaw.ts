/**
 * Something wrong with a packet or a part of it: a stable code, and a sentence that says what would be
 * right. The same shape as the broker port's `Flaw`, which wire may not import.
 */
export type TelemetryFlaw = { readonly code: string; readonly detail: string };

/** A packet of a thousand strange keys is one story, not a thousand. */
const FLAWS_PER_PACKET = 20;

/** The flaws of one packet, in the order found, bounded. */
export class Flaws {
  readonly #list: TelemetryFlaw[] = [];
  #untold = 0;

  add(code: string, detail: string): void {
    if (this.#list.length < FLAWS_PER_PACKET) this.#list.push({ code, detail });
    else this.#untold++;
  }

  list(): readonly TelemetryFlaw[] {
    if (this.#untold === 0) return this.#list;
    return [
      ...this.#list,
      { code: 'more-flaws', detail: `${this.#untold} more flaws like these in the same packet.` },
    ];
  }
}

/** A piece of what came, short enough and safe enough to stand in a sentence. */
export function quoted(x: unknown): string {
  const text =
    typeof x === 'string' ? x : typeof x === 'number' || typeof x === 'boolean' ? String(x) : kind(x);
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** How a person would call the JSON type of `x`. */
export function kind(x: unknown): string {
  if (x === null) return 'null';
  if (Array.isArray(x)) return 'an array';
  return typeof x === 'object' ? 'an object' : `a ${typeof x}`;
}
