import Point from 'ol/geom/Point.js';
import CircleStyle from 'ol/style/Circle.js';
import Fill from 'ol/style/Fill.js';
import RegularShape from 'ol/style/RegularShape.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import type { Level } from '../../../state/sounding.ts';
import type { Label } from '../labels.ts';
import type { Cluster } from '../points.ts';
import { FONT } from './ground.ts';

/** How a mark and an area look, in the colours of the theme that is on when this is called. */
export type MarkStyles = {
  /** @param now `lit`: the bright half of a flash; `chosen`: the code of the chosen point */
  mark(c: Cluster, now: { readonly lit: boolean; readonly chosen: string | null }): Style[];
  area(label: Label | undefined, name: string): Style[];
  name(text: string): Style;
  /** From a mark that was fanned out to where it stands. */
  readonly leg: Style;
  /** What was kept of earlier looks is made anew. */
  forget(): void;
};

/** @param scale of text and marks: 1 on a desk's own screen */
export function markStyles(scale: number): MarkStyles {
  const root = getComputedStyle(document.documentElement);
  const colour = (name: string): string => root.getPropertyValue(name).trim();
  const paint = {
    text: colour('--text'),
    muted: colour('--muted'),
    field: colour('--field'),
    panel: colour('--panel'),
    bad: colour('--bad'),
    level: (l: Level) => colour(`--level-${l}`),
  };
  const kept = new Map<string, Style[]>();

  function area(label: Label | undefined, name: string): Style[] {
    const border = new Style({ stroke: new Stroke({ color: paint.muted, width: 1, lineDash: [4, 4] }) });
    if (label === undefined) return [border];
    return [
      border,
      // Beside its area: in the middle it would lie under the marks.
      new Style({
        geometry: new Point([...label.at]),
        text: new Text({
          text: name,
          font: `${13 * scale}px ${FONT}`,
          textAlign: label.align,
          offsetX: label.offset[0],
          offsetY: label.offset[1],
          fill: new Fill({ color: paint.muted }),
          stroke: new Stroke({ color: paint.field, width: 3 }),
          overflow: true,
        }),
      }),
    ];
  }

  function mark(c: Cluster, { lit, chosen }: { lit: boolean; chosen: string | null }): Style[] {
    const { level, unheard } = c.worst;
    const n = c.members.length;
    const isChosen = chosen !== null && c.members.some((m) => m.point.code === chosen);
    const key = [level ?? '', unheard === null ? '' : 'o', n, c.notNormal, c.unacked && lit, isChosen].join(
      '|',
    );
    const known = kept.get(key);
    if (known) return known;
    const made = stylesFor(c, { hollow: unheard !== null, isChosen, isLit: c.unacked && lit });
    if (kept.size > 4_000) kept.clear();
    kept.set(key, made);
    return made;
  }

  function stylesFor(
    c: Cluster,
    { hollow, isChosen, isLit }: { hollow: boolean; isChosen: boolean; isLit: boolean },
  ): Style[] {
    const { level } = c.worst;
    const n = c.members.length;
    const styles: Style[] = [];
    const grave = 10 - rank(c);
    if (isChosen)
      styles.push(
        new Style({
          zIndex: grave,
          image: new CircleStyle({ radius: 22 * scale, stroke: new Stroke({ color: paint.text, width: 3 }) }),
        }),
      );
    if (level !== null) {
      const ink = paint.level(level);
      styles.push(
        new Style({
          zIndex: grave,
          image: shape(level, (n > 1 ? 15 : 12) * scale, {
            fill: new Fill({ color: hollow ? paint.panel : ink }),
            stroke: hollow
              ? new Stroke({ color: ink, width: 3, lineDash: [5, 3] })
              : new Stroke({
                  color: isLit ? paint.text : '#000',
                  width: isLit ? 4 : 1.5,
                }),
          }),
          text: new Text({
            text: String(level),
            font: `bold ${14 * scale}px ${FONT}`,
            offsetY: (level === 2 ? 3 : 1) * scale,
            fill: new Fill({ color: hollow ? paint.text : '#000' }),
          }),
        }),
      );
    } else if (hollow)
      styles.push(
        new Style({
          zIndex: grave,
          image: new CircleStyle({
            radius: (n > 1 ? 13 : 8) * scale,
            fill: new Fill({ color: paint.field }),
            stroke: new Stroke({ color: paint.bad, width: 2.5, lineDash: [4, 3] }),
          }),
        }),
      );
    else
      styles.push(
        new Style({
          zIndex: grave,
          image: new CircleStyle({
            radius: (n > 1 ? (n > 99 ? 17 : 14) : 6) * scale,
            fill: new Fill({ color: n > 1 ? paint.panel : paint.muted }),
            stroke: new Stroke({ color: n > 1 ? paint.muted : paint.field, width: 1.5 }),
          }),
          ...(n > 1
            ? {
                text: new Text({
                  text: String(n),
                  offsetY: 1,
                  font: `${12 * scale}px ${FONT}`,
                  fill: new Fill({ color: paint.text }),
                }),
              }
            : {}),
        }),
      );
    if (n > 1 && c.notNormal > 0)
      styles.push(
        new Style({
          zIndex: grave,
          text: new Text({
            text: `${c.notNormal}/${n}`,
            offsetY: 23 * scale,
            font: `${12 * scale}px ${FONT}`,
            fill: new Fill({ color: paint.text }),
            stroke: new Stroke({ color: paint.field, width: 3 }),
          }),
        }),
      );
    return styles;
  }

  const name = (text: string): Style =>
    new Style({
      text: new Text({
        text,
        font: `${12 * scale}px ${FONT}`,
        offsetY: 24 * scale,
        fill: new Fill({ color: paint.text }),
        stroke: new Stroke({ color: paint.field, width: 3 }),
      }),
    });
  const leg = new Style({ stroke: new Stroke({ color: paint.text, width: 1.5 }) });
  return { mark, area, name, leg, forget: () => kept.clear() };
}

const rank = (c: Cluster): number =>
  c.worst.level !== null ? c.worst.level : c.worst.unheard !== null ? 5 : 6;

/** ■ ▲ ◆ ●, as everywhere. */
function shape(
  level: Level,
  radius: number,
  look: { fill: Fill; stroke: Stroke },
): CircleStyle | RegularShape {
  switch (level) {
    case 1:
      return new RegularShape({ ...look, points: 4, radius: radius * 1.25, angle: Math.PI / 4 });
    case 2:
      return new RegularShape({ ...look, points: 3, radius: radius * 1.35 });
    case 3:
      return new RegularShape({ ...look, points: 4, radius: radius * 1.25 });
    case 4:
      return new CircleStyle({ ...look, radius });
  }
}
