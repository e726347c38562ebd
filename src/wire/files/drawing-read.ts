import type { Bilingual } from '../../domain/text.ts';
import type { RegisterDraft } from './register-csv.ts';

/** What is wrong with a feature, or (0) with the file. */
export type DrawingFault = { readonly feature: number; readonly code: string; readonly say: Bilingual };

export type DrawingRead = {
  readonly kind: 'GeoJSON' | 'Shapefile' | 'DXF' | null;
  readonly features: number;
  readonly drafts: readonly { readonly feature: number; readonly draft: RegisterDraft }[];
  readonly faults: readonly DrawingFault[];
  /** The reference that its coordinates were read by; `null`: none could be found. */
  readonly crs: string | null;
  /** West, south, east, north, in degrees, of what was read. */
  readonly bounds: readonly [number, number, number, number] | null;
  /** Fields of its features, or layers of a DXF: what can be chosen from. */
  readonly fields: readonly string[];
  readonly layers: readonly string[];
};
