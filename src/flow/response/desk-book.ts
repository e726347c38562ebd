import type { KeptView, SeriesNote } from '../../domain/desk/kept.ts';
import type { PointCode } from '../../domain/ids.ts';
import type { Filed } from '../../domain/response/filed.ts';

/** Views and notes beside curves in memory, folded from what is filed. */
export class DeskBook {
  readonly #views = new Map<string, KeptView>();
  readonly #notes = new Map<string, SeriesNote>();

  take(f: Filed): void {
    if (f.is === 'view') {
      if (f.view.isGone) this.#views.delete(f.view.id);
      else this.#views.set(f.view.id, f.view);
    }
    if (f.is === 'series-note') {
      if (f.note.isGone) this.#notes.delete(f.note.id);
      else this.#notes.set(f.note.id, f.note);
    }
  }

  /** In order of name. */
  views = (): readonly KeptView[] =>
    [...this.#views.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  view = (id: string): KeptView | undefined => this.#views.get(id);
  /** Oldest first. */
  notesAt = (point: PointCode): readonly SeriesNote[] =>
    [...this.#notes.values()].filter((n) => n.point === point).sort((a, b) => a.from - b.from);
  note = (id: string): SeriesNote | undefined => this.#notes.get(id);
}
