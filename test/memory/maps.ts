import { type MapFile, type MapSettings, NO_MAP_SETTINGS } from '../../src/domain/map.ts';
import type { MapSlice, Maps } from '../../src/flow/ports/maps.ts';

const CITY = 'city.pmtiles';

/** One base map of a few bytes, and settings, in memory. */
export class MapsMemory implements Maps {
  readonly folder = '/maps';
  readonly #bytes = Uint8Array.from({ length: 200 }, (_, i) => i);
  #settings = NO_MAP_SETTINGS;

  async list(): Promise<readonly MapFile[]> {
    const bounds = [115.7, 33.8, 115.9, 33.9] as const;
    return [
      { name: 'broken.pmtiles', bytes: 9, flaw: 'map-cut-short' },
      { name: CITY, bytes: 200, flaw: null, tiles: 'vector', minZoom: 8, maxZoom: 14, bounds },
    ];
  }

  async slice(name: string, from: number, length: number): Promise<MapSlice | null> {
    if (name !== CITY) return null;
    return { bytes: this.#bytes.subarray(from, from + length), from, size: 200, version: 'v1' };
  }

  async settings(): Promise<MapSettings> {
    return this.#settings;
  }

  async keep(settings: MapSettings): Promise<void> {
    this.#settings = settings;
  }
}
