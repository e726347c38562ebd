import { z } from 'zod';
import { codeIn, flagIn, lifelineIn, lineIn } from '../http/shapes.ts';

/** Drawings of other systems (GeoJSON, Shapefile, DXF), as a register takes them. */

/** As a request names the kind of its file; what it is is read from its bytes. */
export const DRAWING_TYPES = ['application/geo+json', 'application/zip', 'image/vnd.dxf'] as const;

const CRS_NAMES = ['auto', 'CGCS2000', 'WGS-84', 'GCJ-02'] as const;
/** CGCS2000 in metres: 6° zones 4491–4512, 3° zones 4513–4554. */
const crs = z
  .union([z.enum(CRS_NAMES), z.string().regex(/^EPSG:(?:449[1-9]|45[0-4]\d|455[0-4])$/)])
  .default('auto')
  .describe(
    'of its coordinates: auto (what the file itself says, and what its numbers can only be), CGCS2000, WGS-84, GCJ-02, or a projected one, EPSG:4491 to 4554',
  );

/** How a drawing is to be taken. */
export const drawingAsk = z.strictObject({
  crs,
  as: z
    .enum(['asset', 'point'])
    .default('asset')
    .describe('what its features become; a line or an area is an asset'),
  lifeline: lifelineIn.optional().describe('of features that have no field for it'),
  area: codeIn.optional().describe('of features that have no field for it; left out: not placed yet'),
  code: lineIn(40).optional().describe('the field of the codes; left out: the first that is called so'),
  name: lineIn(40).optional().describe('the field of the names'),
  layers: z.string().max(500).optional().describe('of a DXF: only these layers, separated by commas'),
  prefix: codeIn.optional().describe('of codes that are made of the drawing, where it has none'),
  swap: flagIn.describe('true: northing stands before easting, or latitude before longitude'),
});
export type DrawingAsk = z.output<typeof drawingAsk>;
