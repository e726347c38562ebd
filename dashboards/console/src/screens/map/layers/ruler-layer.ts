import Feature from 'ol/Feature.js';
import LineString from 'ol/geom/LineString.js';
import Point from 'ol/geom/Point.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import CircleStyle from 'ol/style/Circle.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import { lengthOf, metresInWords } from '../shapes.ts';
import { type Extra, FONT, type Ground } from './ground.ts';

/** Places that somebody measures along, degrees. */
export type Measured = readonly (readonly [lon: number, lat: number])[];

/** The line that is measured, and at each of its places how far that is. */
export function rulerLayer(ground: Ground): Extra<Measured> {
  const source = new VectorSource<Feature<LineString | Point>>();
  const text = ground.colour('--text');
  const field = ground.colour('--field');
  const halo = new Style({ stroke: new Stroke({ color: field, width: 5 }) });
  const line = new Style({ stroke: new Stroke({ color: text, width: 2, lineDash: [2, 4] }) });
  const layer = new VectorLayer({
    source,
    style: (f) => {
      const word = f.get('word') as string | undefined;
      if (word === undefined) return [halo, line];
      return new Style({
        image: new CircleStyle({
          radius: 4,
          fill: new Fill({ color: field }),
          stroke: new Stroke({ color: text, width: 2 }),
        }),
        text: new Text({
          text: word,
          offsetY: -14 * ground.scale,
          font: `bold ${13 * ground.scale}px ${FONT}`,
          fill: new Fill({ color: text }),
          stroke: new Stroke({ color: field, width: 4 }),
        }),
      });
    },
  });
  return {
    layer,
    show(places) {
      source.clear(true);
      const path = places.map(([lon, lat]) => ground.put(lon, lat));
      if (path.length > 1) source.addFeature(new Feature<LineString | Point>(new LineString(path)));
      places.forEach((_, i) => {
        const f = new Feature<LineString | Point>(new Point(path[i] as number[]));
        f.set('word', i === 0 ? '0 m' : metresInWords(lengthOf(places.slice(0, i + 1))), true);
        source.addFeature(f);
      });
    },
  };
}
