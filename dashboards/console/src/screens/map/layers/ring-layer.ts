import Feature from 'ol/Feature.js';
import Point from 'ol/geom/Point.js';
import Polygon, { circular } from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import { metresInWords } from '../shapes.ts';
import { type Extra, FONT, type Ground } from './ground.ts';

export type Rings = {
  readonly lon: number;
  readonly lat: number;
  /** Metres, each a ring. */
  readonly radii: readonly number[];
};

/** Rings around places: so far, and nothing else. They say distances, and nowhere that something spreads like that. */
export function ringLayer(ground: Ground): Extra<readonly Rings[]> {
  const source = new VectorSource<Feature<Polygon | Point>>();
  const text = ground.colour('--text');
  const field = ground.colour('--field');
  const ring = new Style({
    stroke: new Stroke({ color: text, width: 1.6 * ground.scale, lineDash: [7, 5] }),
    fill: new Fill({ color: 'rgba(127, 137, 146, 0.06)' }),
  });
  const layer = new VectorLayer({
    source,
    style: (f) => {
      const word = f.get('word') as string | undefined;
      if (word === undefined) return ring;
      return new Style({
        text: new Text({
          text: word,
          font: `${12 * ground.scale}px ${FONT}`,
          offsetY: -8 * ground.scale,
          fill: new Fill({ color: text }),
          stroke: new Stroke({ color: field, width: 3 }),
        }),
      });
    },
  });
  return {
    layer,
    show(all) {
      source.clear(true);
      source.addFeatures(
        all.flatMap(({ lon, lat, radii }) =>
          radii.flatMap((metres) => {
            const degrees = circular([lon, lat], metres, 72).getCoordinates()[0] ?? [];
            const path = degrees.map(([x = 0, y = 0]) => ground.put(x, y));
            const top = path.reduce(
              (best, p) => ((p[1] ?? 0) > (best[1] ?? 0) ? p : best),
              path[0] ?? [0, 0],
            );
            const named = new Feature<Polygon | Point>(new Point(top));
            named.set('word', metresInWords(metres), true);
            return [new Feature<Polygon | Point>(new Polygon([path])), named];
          }),
        ),
      );
    },
  };
}
