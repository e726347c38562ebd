import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type MapFile, type MapSettings, NO_MAP_SETTINGS } from '../../domain/map.ts';
import type { MapSlice, Maps } from '../../flow/ports/maps.ts';
import { mapSettingsKept } from '../../wire/http/map/map.ts';
import { isMapName, lookAt, mapsIn } from './look.ts';

/** In the data directory, unless `LIFELINE_MAP_DIR` says another. */
export const MAPS = 'map';
/** Beside the folder, not in it: that one may be read-only, and this is part of a backup. */
export const MAP_SETTINGS = 'map-settings.json';

/** Base maps as files in a folder, and the settings of the map in one beside it. */
export class MapDir implements Maps {
  readonly folder: string;
  readonly #settings: string;

  constructor({ dataDir, folder }: { readonly dataDir: string; readonly folder: string }) {
    this.folder = folder;
    this.#settings = join(dataDir, MAP_SETTINGS);
  }

  list(): Promise<readonly MapFile[]> {
    return mapsIn(this.folder);
  }

  async slice(name: string, from: number, length: number): Promise<MapSlice | null> {
    if (!isMapName(name)) return null;
    const looked = await lookAt(this.folder, name);
    if (looked.flaw !== null) return null;
    const path = join(this.folder, name);
    const { size, mtimeMs, ino } = await stat(path);
    const version = `${ino}-${size}-${Math.round(mtimeMs)}`;
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - from)));
    const file = await open(path, 'r');
    try {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return { bytes: bytes.subarray(0, bytesRead), from, size, version };
    } finally {
      await file.close();
    }
  }

  async settings(): Promise<MapSettings> {
    try {
      const read = mapSettingsKept.safeParse(JSON.parse(await readFile(this.#settings, 'utf8')));
      return read.success ? read.data : NO_MAP_SETTINGS;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || cause instanceof SyntaxError)
        return NO_MAP_SETTINGS;
      throw cause;
    }
  }

  async keep(settings: MapSettings): Promise<void> {
    const unfinished = `${this.#settings}.${process.pid}.part`;
    try {
      const file = await open(unfinished, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(settings, null, 1)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, this.#settings);
    } catch (cause) {
      await rm(unfinished, { force: true });
      throw cause;
    }
  }
}
