import type { Bilingual } from '../../domain/text.ts';

/** A shape as a file has it, in the file's own coordinates. */
export type RawGeometry = {
  readonly type: 'Point' | 'LineString' | 'MultiLineString' | 'Polygon' | 'MultiPolygon';
  readonly coordinates: unknown;
};
export type RawFeature = {
  /** `null`: something that cannot be kept, and `is` says what. */
  readonly geometry: RawGeometry | null;
  readonly is: string;
  readonly fields: Readonly<Record<string, unknown>>;
};
export type RawDrawing = {
  readonly kind: 'GeoJSON' | 'Shapefile' | 'DXF';
  readonly features: readonly RawFeature[];
  readonly layers: readonly string[];
  /** What the file says of its coordinates: a name of ours, or a definition in the words of a .prj; `null`: nothing. */
  readonly says: string | null;
};

/** The file as a whole cannot be read. */
export class BadDrawing extends Error {
  readonly code: string;
  readonly say: Bilingual;

  constructor(code: string, zh: string, en: string) {
    super(en);
    this.name = 'BadDrawing';
    this.code = code;
    this.say = { zh, en };
  }
}

/** Text of China's offices is often GB18030. */
export function textOfDrawing(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
