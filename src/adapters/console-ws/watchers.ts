import type { Reading } from '../../domain/reading.ts';
import type { Viewer } from './viewer.ts';

/** Who watches which point, so that a turn of 4,000 readings costs one look-up each and not one per console. */
export class Watchers {
  readonly #byPoint = new Map<string, Set<Viewer>>();

  watch(viewer: Viewer, points: ReadonlySet<string>): void {
    this.leave(viewer);
    viewer.watch(points);
    for (const point of points) {
      const watchers = this.#byPoint.get(point);
      if (watchers === undefined) this.#byPoint.set(point, new Set([viewer]));
      else watchers.add(viewer);
    }
  }

  leave(viewer: Viewer): void {
    for (const point of viewer.watching) {
      const watchers = this.#byPoint.get(point);
      watchers?.delete(viewer);
      if (watchers?.size === 0) this.#byPoint.delete(point);
    }
  }

  tell(readings: readonly Reading[]): void {
    if (this.#byPoint.size === 0) return;
    for (const reading of readings) {
      for (const viewer of this.#byPoint.get(reading.point) ?? []) viewer.note(reading);
    }
  }
}
