import Feature from 'ol/Feature.js';
import Point from 'ol/geom/Point.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import { type Extra, FONT, type Ground } from './ground.ts';

/** A place and how much of it there is, 0 … 1; `word` stands beside it. */
export type HeatSpot = {
  readonly lon: number;
  readonly lat: number;
  readonly weight: number;
  readonly word?: string;
};

/**
 * Where there is much of something: clouds of one ink, by Canvas 2D (OpenLayers' own heat map wants WebGL).
 *
 * @param rgb `r, g, b`
 * @param pixels of a cloud's radius
 */
export const heatLayer =
  (rgb: string, pixels: number) =>
  (ground: Ground): Extra<readonly HeatSpot[]> => {
    const source = new VectorSource<Feature<Point>>();
    const radius = pixels * ground.scale;
    const layer = new VectorLayer({
      source,
      renderBuffer: radius * 2,
      style: (f) => {
        const { weight, word } = f.get('spot') as HeatSpot;
        const cloud = new Style({
          renderer: (at, { context, pixelRatio }) => {
            const [x = 0, y = 0] = at as number[];
            const r = radius * pixelRatio * (0.6 + 0.4 * weight);
            const ink = context.createRadialGradient(x, y, 0, x, y, r);
            ink.addColorStop(0, `rgba(${rgb}, ${0.12 + 0.5 * weight})`);
            ink.addColorStop(1, `rgba(${rgb}, 0)`);
            context.fillStyle = ink;
            context.beginPath();
            context.arc(x, y, r, 0, 2 * Math.PI);
            context.fill();
          },
        });
        if (word === undefined) return cloud;
        return [
          cloud,
          new Style({
            text: new Text({
              text: word,
              offsetY: -22 * ground.scale,
              font: `${12 * ground.scale}px ${FONT}`,
              fill: new Fill({ color: ground.colour('--text') }),
              stroke: new Stroke({ color: ground.colour('--field'), width: 3 }),
            }),
          }),
        ];
      },
    });
    return {
      layer,
      show(spots) {
        source.clear(true);
        source.addFeatures(
          spots.map((spot) => {
            const f = new Feature(new Point(ground.put(spot.lon, spot.lat)));
            f.set('spot', spot, true);
            return f;
          }),
        );
      },
    };
  };
