import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
/** What `npm run release` writes into what it makes, and no source tree has. */
const RELEASE = join(ROOT, 'release.json');
export const isInstalled: boolean = existsSync(RELEASE);

const CALL =
  /\blifeline (backup|restore|doctor|parts|device|audit|account|backtest|import|export|simulate|demo)\b( (?=--|[A-Z]|add|rotate|revoke|list|verify|anchor|export|reset|readings|动作))?/g;

/**
 * A text for people in which commands are written as the installed program takes them (`lifeline device add CODE`); in
 * a source tree, where that program is on nobody's path, as npm takes them (`npm run device -- add CODE`).
 */
export const asCalled = (text: string, installed = isInstalled): string =>
  installed
    ? text
    : text.replace(CALL, (_, name: string, more?: string) => `npm run ${name}${more ? ' -- ' : ''}`);
