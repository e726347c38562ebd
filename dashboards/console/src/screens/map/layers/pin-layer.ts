import Feature from 'ol/Feature.js';
import Point from 'ol/geom/Point.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import { type Extra, FONT, type Ground } from './ground.ts';

/** A thing of the response at its place. */
export type Pin = {
  readonly lon: number;
  readonly lat: number;
  /** One sign that says what it is: 单, 队, 医 … */
  readonly sign: string;
  readonly name: string;
  /** Stands out: its time has run out. */
  readonly isLate?: boolean;
};

/** Metres a pixel: closer than this they have names. */
const NAMES = 6;

/** Orders, crews, resources: a plate with one sign, and a name from close by. No mark of an alarm looks like it. */
export function pinLayer(ground: Ground): Extra<readonly Pin[]> {
  const source = new VectorSource<Feature<Point>>();
  const [text, panel, field] = ['--text', '--panel', '--field'].map(ground.colour) as [
    string,
    string,
    string,
  ];
  const { scale } = ground;
  const layer = new VectorLayer({
    source,
    declutter: 'pins',
    style: (f, resolution) => {
      const { sign, name, isLate } = f.get('pin') as Pin;
      return [
        new Style({
          zIndex: isLate === true ? 2 : 1,
          text: new Text({
            text: sign,
            font: `bold ${12 * scale}px ${FONT}`,
            padding: [3, 4, 2, 5],
            offsetX: 20 * scale,
            offsetY: -18 * scale,
            fill: new Fill({ color: isLate === true ? panel : text }),
            backgroundFill: new Fill({ color: isLate === true ? text : panel }),
            backgroundStroke: new Stroke({ color: text, width: 1.2 }),
            declutterMode: 'obstacle',
          }),
        }),
        ...(resolution > NAMES
          ? []
          : [
              new Style({
                text: new Text({
                  text: name,
                  font: `${12 * scale}px ${FONT}`,
                  textAlign: 'left',
                  offsetX: 32 * scale,
                  offsetY: -18 * scale,
                  fill: new Fill({ color: text }),
                  stroke: new Stroke({ color: field, width: 3 }),
                }),
              }),
            ]),
      ];
    },
  });
  return {
    layer,
    show(pins) {
      source.clear(true);
      source.addFeatures(
        pins.map((pin) => {
          const f = new Feature(new Point(ground.put(pin.lon, pin.lat)));
          f.set('pin', pin, true);
          return f;
        }),
      );
    },
  };
}
