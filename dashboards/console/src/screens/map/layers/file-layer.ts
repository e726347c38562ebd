import MVT from 'ol/format/MVT.js';
import type BaseLayer from 'ol/layer/Base.js';
import TileLayer from 'ol/layer/Tile.js';
import VectorTileLayer from 'ol/layer/VectorTile.js';
import ImageTileSource from 'ol/source/ImageTile.js';
import VectorTileSource from 'ol/source/VectorTile.js';
import TileState from 'ol/TileState.js';
import { createXYZ } from 'ol/tilegrid.js';
import type VectorTile from 'ol/VectorTile.js';
import { PMTiles, TileType } from 'pmtiles';
import { baseStyle } from './base-style.ts';

/** A base map from a file of ours, read piece by piece as it is looked at. */
export type FileLayer = {
  readonly layer: BaseLayer;
  /** West, south, east, north, degrees. */
  readonly bounds: readonly [number, number, number, number];
  /** Whose it is, as the file itself says. */
  readonly attribution: string;
};

/**
 * @param url of the file, on this very service
 * @param look.onTrouble a tile did not come; `look.onComplete`: all that were asked for have come
 */
export async function fileLayer(
  url: string,
  look: {
    readonly dark: boolean;
    readonly scale: number;
    readonly onTrouble: () => void;
    readonly onComplete: () => void;
  },
): Promise<FileLayer> {
  const file = new PMTiles(url);
  const [header, metadata] = await Promise.all([file.getHeader(), file.getMetadata()]);
  const { minZoom, maxZoom } = header;
  const bounds = [header.minLon, header.minLat, header.maxLon, header.maxLat] as const;
  const attribution = plain((metadata as { attribution?: unknown }).attribution);
  if (header.tileType !== TileType.Mvt) {
    const source = new ImageTileSource({
      tileGrid: createXYZ({ minZoom, maxZoom }),
      transition: 0,
      // Not by a `blob:` address, which our own policy forbids.
      loader: async (z, x, y, { signal }) => {
        const tile = await file.getZxy(z, x, y, signal);
        return tile === undefined ? emptyTile() : createImageBitmap(new Blob([tile.data]));
      },
    });
    watch(source, look);
    return { layer: new TileLayer({ source }), bounds, attribution };
  }
  const source = new VectorTileSource({
    format: new MVT(),
    tileGrid: createXYZ({ minZoom, maxZoom, tileSize: 512 }),
    tileUrlFunction: ([z = 0, x = 0, y = 0]) => `${z}/${x}/${y}`,
    tileLoadFunction: (tile, at) => load(tile as VectorTile<never>, at),
    transition: 0,
  });
  watch(source, look);
  function load(tile: VectorTile<never>, at: string): void {
    const [z = 0, x = 0, y = 0] = at.split('/').map(Number);
    tile.setLoader((extent, _resolution, projection) => {
      file.getZxy(z, x, y).then(
        (found) => {
          if (found === undefined) return tile.setFeatures([]);
          const read = tile.getFormat().readFeatures(found.data, { extent, featureProjection: projection });
          tile.setFeatures(read as never[]);
        },
        () => tile.setState(TileState.ERROR),
      );
    });
  }
  const style = baseStyle(look);
  const layer = new VectorTileLayer({
    source,
    declutter: 'base',
    renderBuffer: 40,
    style: (f, resolution) => style(f, Math.log2(156_543.034 / resolution)),
  });
  return { layer, bounds, attribution };
}

function watch(
  source: ImageTileSource | VectorTileSource,
  { onTrouble, onComplete }: { readonly onTrouble: () => void; readonly onComplete: () => void },
): void {
  let onTheirWay = 0;
  const came = (): void => {
    onTheirWay -= 1;
    if (onTheirWay === 0) onComplete();
  };
  source.on('tileloadstart', () => {
    onTheirWay += 1;
  });
  source.on('tileloadend', came);
  source.on('tileloaderror', () => {
    came();
    onTrouble();
  });
}

/** Of a file that has no tile there. */
function emptyTile(): HTMLCanvasElement {
  const empty = document.createElement('canvas');
  empty.width = empty.height = 1;
  return empty;
}

/** Whoever made the file may have written it as HTML. */
const plain = (text: unknown): string =>
  typeof text === 'string' ? (new DOMParser().parseFromString(text, 'text/html').body.textContent ?? '') : '';
