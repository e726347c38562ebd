import type { MapFile, MapSettings } from '../../domain/map.ts';
import type { DrawingAsk } from '../../wire/files/drawing.ts';
import type { DrawingRead } from '../../wire/files/drawing-read.ts';

/** A piece of a file: `from` and `bytes.length` say which, `size` is the whole file's. */
export type MapSlice = {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly size: number;
  /** Another one when the file is replaced. */
  readonly version: string;
};

/** Base maps as files, and how the house has set its map. */
export interface Maps {
  /** Where the files are put, as an engineer would type it. */
  readonly folder: string;
  /** By name; those that are no base map too, with what is wrong with them. */
  list(): Promise<readonly MapFile[]>;
  /** @returns `null`: there is no such file, or it is no base map; empty bytes: it is not that long */
  slice(name: string, from: number, length: number): Promise<MapSlice | null>;
  settings(): Promise<MapSettings>;
  /** On disk when it resolves. */
  keep(settings: MapSettings): Promise<void>;
}

/** Reads a drawing, away from the thread that judges. What is wrong with it is part of the answer; it never throws for that. */
export type ReadDrawing = (bytes: Uint8Array, ask: DrawingAsk, fileName: string) => Promise<DrawingRead>;
