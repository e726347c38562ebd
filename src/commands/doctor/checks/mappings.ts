import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MappingsDir } from '../../../adapters/mappings-dir/index.ts';
import type { MappingFile } from '../../../flow/ports/mappings.ts';
import { PACKS } from '../../../packs/index.ts';
import { brokenCases, mappingCases } from '../../../wire/mapping/cases.ts';
import { metricFaults } from '../../../wire/mapping/metric-faults.ts';
import { metricOf, packDirectory } from '../../../wire/mapping/pack-directory.ts';
import { caseReaders } from '../../../wire/protocols/case-reader.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const TOLD = 3;
const BEIJING = 8 * 3_600_000;

/** The installation's own mappings: each fault with its line, and whether their cases hold. */
export function checkMappings(shipped: string, own: string): readonly Finding[] {
  const mappings = new MappingsDir({
    shipped,
    own,
    log: SILENT,
    faultsOf: (mapping, text) => metricFaults(mapping, text, metricOf(PACKS)),
  });
  const files = mappings.list();
  const faulty = files.filter((f) => f.faults.length > 0);
  const cases = files
    .filter((f) => f.from === 'own' && f.faults.length === 0)
    .flatMap((f) => ofCases(f, own));
  const mine = files.filter((f) => f.from === 'own').length;
  return [
    ...faulty.map((f) => {
      const said = f.faults.slice(0, TOLD).map((x) => `line ${x.line}: ${x.path} ${x.why}`);
      return bad('mappings', `${f.name}.json is not in force: ${said.join('; ')}`);
    }),
    ...cases,
    ...(faulty.length > 0
      ? []
      : [ok('mappings', `${files.length - mine} shipped, ${mine} of this installation, none with a fault`)]),
  ];
}

function ofCases({ name, inForce }: MappingFile, own: string): readonly Finding[] {
  // A bus is asked: its answers say nothing without the question.
  if (inForce === null || inForce.protocol === 'modbus') return [];
  let text: string;
  try {
    text = readFileSync(join(own, `${name}.cases.json`), 'utf8');
  } catch {
    return [];
  }
  try {
    const { cases } = mappingCases.parse(JSON.parse(text));
    const broken = cases.flatMap((one) => {
      const frames =
        inForce.protocol === 'json' || inForce.protocol === 'modbus'
          ? undefined
          : caseReaders(Date.parse(one.receivedAt), BEIJING)[inForce.protocol];
      return brokenCases(inForce, [one], { directoryOf: packDirectory(PACKS), frames });
    });
    return broken.length === 0
      ? []
      : [bad('mappings', `${name}.cases.json: ${broken.slice(0, TOLD).join(', ')} no longer holds`)];
  } catch (cause) {
    return [warn('mappings', `${name}.cases.json cannot be read: ${String(cause).slice(0, 200)}`)];
  }
}
