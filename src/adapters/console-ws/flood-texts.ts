import type { Board } from '../../flow/ports/service.ts';
import { floodsSeen, floodToJson } from '../../wire/flood.ts';
import type { LiveFrame } from '../../wire/live/live.ts';
import type { Viewer } from './viewer.ts';

type Told = { readonly text: string; readonly any: boolean };

/** The frame of floods: beside the events, so that whoever misses one gets the next, which says everything. */
export class FloodTexts {
  readonly #floods: Board['floods'];
  #revision = 0;
  /** Those who see the same are told the same bytes. */
  #byScope = new Map<string, Told>();

  constructor(floods: Board['floods']) {
    this.#floods = floods;
  }

  tell(viewer: Viewer): void {
    const { revision } = this.#floods;
    if (viewer.standing !== 'live' || viewer.floodsAt === revision) return;
    if (this.#revision !== revision) this.#byScope = new Map();
    this.#revision = revision;
    const { text, any } = this.#textFor(viewer);
    viewer.tellFloods(revision, text, any);
  }

  #textFor(viewer: Viewer): Told {
    const scope = JSON.stringify(viewer.scope);
    const known = this.#byScope.get(scope);
    if (known !== undefined) return known;
    const seen = floodsSeen(this.#floods.list(), viewer.scope, viewer.sees);
    const frame: LiveFrame = { type: 'floods', items: seen.map(floodToJson) };
    const told = { text: JSON.stringify(frame), any: seen.length > 0 };
    this.#byScope.set(scope, told);
    return told;
  }
}
