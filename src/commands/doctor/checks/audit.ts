import { placeText } from '../../../adapters/audit/look.ts';
import type { Config } from '../../../config/read.ts';
import { audited } from '../../audit/file.ts';
import { bad, type Finding, ok } from '../finding.ts';

/** The whole chain, as `lifeline audit verify` walks it. */
export async function checkAudit(dataDir: string, config: Config): Promise<readonly Finding[]> {
  const file = await audited(dataDir, config);
  if (file === null) return [ok('audit', 'not there yet: the first start begins it')];
  try {
    const { entries, last, faults } = await file.verify(null);
    const [first] = faults;
    if (first === undefined)
      return [ok('audit', `${entries} entries, the chain is whole, anchor ${placeText(last)}`)];
    return [
      bad(
        'audit',
        `${faults.length} faults in ${entries} entries, the first at ${first.n} (${first.is}: ${first.detail}): lifeline audit verify lists them; compare with the anchors of earlier hand-overs`,
      ),
    ];
  } finally {
    await file.close();
  }
}
