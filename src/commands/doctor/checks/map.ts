import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAP_SETTINGS } from '../../../adapters/map-dir/index.ts';
import { mapsIn } from '../../../adapters/map-dir/look.ts';
import { MAP_FLAWS, mapSettingsKept } from '../../../wire/http/map/map.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

const CHECK = 'map';

/** Base maps of the folder: each that cannot be used, and whether the one that was chosen can. */
export async function checkMap(dataDir: string, folder: string): Promise<readonly Finding[]> {
  const files = await mapsIn(folder);
  const good = files.filter((f) => f.flaw === null);
  const findings: Finding[] = files.flatMap((f) =>
    f.flaw === null ? [] : [warn(CHECK, `${join(folder, f.name)} ${MAP_FLAWS[f.flaw].en}`)],
  );
  const text = await readFile(join(dataDir, MAP_SETTINGS), 'utf8').catch(() => null);
  const settings = text === null ? null : settingsOf(text);
  if (text !== null && settings === null)
    findings.push(
      bad(
        CHECK,
        `${join(dataDir, MAP_SETTINGS)} cannot be read as settings: move it away, and set the map anew in the console`,
      ),
    );
  const base = settings?.base ?? null;
  if (base?.kind === 'file' && !good.some((f) => f.name === base.file))
    findings.push(
      bad(
        CHECK,
        `${base.file} was chosen as base map and cannot be used: put it into ${folder}, or choose another in the console`,
      ),
    );
  if (findings.length > 0) return findings;
  if (good.length === 0)
    return [
      ok(CHECK, `no base map: points are shown on a plain ground; a PMTiles file in ${folder} would be one`),
    ];
  const named =
    base?.kind === 'file' ? base.file : base === null ? good[0]?.name : `a base map of kind ${base.kind}`;
  return [ok(CHECK, `${good.length} in ${folder}; in force: ${named}`)];
}

function settingsOf(text: string) {
  try {
    const read = mapSettingsKept.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
