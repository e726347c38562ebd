import type BaseLayer from 'ol/layer/Base.js';

/** What a layer is drawn on and by. */
export type Ground = {
  /** Degrees into the map's own coordinates. */
  put(lon: number, lat: number): number[];
  /** Of text and marks: 1 on a desk's own screen. */
  readonly scale: number;
  /** A colour of the theme, as `--muted`. */
  colour(name: string): string;
};

/** A layer of its own, which is told anew what it shows. To add one: docs of the console, "A layer of the map". */
export type Extra<T> = { readonly layer: BaseLayer; show(what: T): void };

export const FONT = '"Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
