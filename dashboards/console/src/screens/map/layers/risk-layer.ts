import Feature from 'ol/Feature.js';
import type Geometry from 'ol/geom/Geometry.js';
import VectorImageLayer from 'ol/layer/VectorImage.js';
import VectorSource from 'ol/source/Vector.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import type { Risk } from '../../../api/answers.ts';
import type { AssetShape } from '../shapes.ts';
import { drawnOf } from './drawn.ts';
import type { Extra, Ground } from './ground.ts';

export type RiskBand = { readonly asset: AssetShape; readonly colour: Risk['colour'] };

/** Pixels of a band; what lies within it stays free for the line itself, which says how the asset stands now. */
const BAND = 16;
const WITHIN = 7;
const INKS = {
  red: '--level-1',
  orange: '--level-2',
  yellow: '--level-3',
  blue: '--level-4',
  grey: '--muted',
} as const;
const GRAVEST_LAST = ['grey', 'blue', 'yellow', 'orange', 'red'] as const;

/** Static risk: a band on either side of a main, in one of four colours; dashed and grey where it is not assessed. */
export function riskLayer(ground: Ground): Extra<readonly RiskBand[]> {
  const source = new VectorSource<Feature<Geometry>>();
  const field = ground.colour('--field');
  const styles = new Map(
    GRAVEST_LAST.map((colour, zIndex) => {
      const ink = ground.colour(INKS[colour]);
      const lineDash = colour === 'grey' ? { lineDash: [9 * ground.scale, 7 * ground.scale] } : {};
      const stroke = (color: string, width: number, dash = {}): Stroke =>
        new Stroke({ color, width: width * ground.scale, lineCap: 'butt', ...dash });
      const fill = new Fill({ color: `${ink}38` });
      return [
        colour,
        [
          new Style({ zIndex: zIndex * 2, stroke: stroke(ink, BAND, lineDash), fill }),
          new Style({ zIndex: zIndex * 2 + 1, stroke: stroke(field, WITHIN) }),
        ],
      ] as const;
    }),
  );
  const layer = new VectorImageLayer({
    source,
    imageRatio: 1.5,
    style: (f) => [...(styles.get(f.get('colour') as RiskBand['colour']) ?? [])],
  });
  let shown: readonly RiskBand[] = [];
  return {
    layer,
    show(bands) {
      if (bands === shown) return;
      shown = bands;
      source.clear(true);
      source.addFeatures(
        bands.map(({ asset, colour }) => {
          const f = new Feature(drawnOf(asset, ground));
          f.set('colour', colour, true);
          return f;
        }),
      );
    },
  };
}
