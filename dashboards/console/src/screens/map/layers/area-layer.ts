import Feature from 'ol/Feature.js';
import Polygon from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import { type Label, placeLabels, type Sight } from '../labels.ts';
import type { MarkStyles } from './mark-styles.ts';

export type Outline = { readonly name: string; readonly ring: readonly (readonly [number, number])[] };

/** Where the points of an area are, and its name. */
export type AreaLayer = {
  readonly layer: VectorLayer;
  outline(areas: readonly Outline[]): void;
  /** The names stand where they cover no mark; that changes with the marks, and with how close one looks. */
  name(marks: readonly (readonly [number, number])[], sight: Sight): void;
};

/** @param put degrees into the map's own coordinates */
export function areaLayer(put: (lon: number, lat: number) => number[], looks: MarkStyles): AreaLayer {
  const source = new VectorSource<Feature<Polygon>>();
  const layer = new VectorLayer({
    source,
    style: (f) => looks.area(f.get('label') as Label | undefined, String(f.get('name'))),
  });
  return {
    layer,
    outline(areas) {
      source.clear(true);
      source.addFeatures(
        areas.map(({ name, ring }) => {
          const f = new Feature(new Polygon([ring.map(([lon, lat]) => put(lon, lat))]));
          f.set('name', name, true);
          return f;
        }),
      );
    },
    name(marks, sight) {
      const features = source.getFeatures();
      const outlines = features.map((f) => ({
        name: String(f.get('name')),
        ring: f.getGeometry()?.getCoordinates()[0] ?? [],
      }));
      placeLabels(outlines, marks, sight).forEach((label, i) => {
        features[i]?.set('label', label);
      });
    },
  };
}
