/** Messages of one door that are known again when a platform repeats them. */
const AT_MOST = 10_000;

/** Ids of messages that are on disk, by door; the oldest are forgotten first. */
export class Remembered {
  readonly #doors = new Map<string, Set<string>>();

  has(door: string, id: string): boolean {
    return this.#doors.get(door)?.has(id) === true;
  }

  add(door: string, id: string): void {
    const known = this.#doors.get(door) ?? new Set<string>();
    this.#doors.set(door, known);
    known.add(id);
    if (known.size <= AT_MOST) return;
    for (const oldest of known) {
      known.delete(oldest);
      break;
    }
  }
}
