import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoMap } from './demo-map/tiles.ts';

/** The base map of the demo's invented city, made anew: the same bytes each time, as a test compares. */
const FILE = join(import.meta.dirname, '../simulators/maps/linlan.pmtiles');
const bytes = demoMap();
writeFileSync(FILE, bytes);
process.stdout.write(`${FILE}: ${Math.round(bytes.length / 1024)} KiB\n`);
