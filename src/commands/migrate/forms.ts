import { join } from 'node:path';
import { accountsForm } from '../../adapters/accounts/index.ts';
import { auditForm } from '../../adapters/audit/index.ts';
import { deviceKeysForm } from '../../adapters/device-keys/index.ts';
import { journalOf } from '../../app/journal-engine.ts';
import type { Config } from '../../config/read.ts';

/** The form of one part of a data directory: what it is, and what this program writes. */
type PartForm = {
  readonly name: string;
  readonly is: number;
  readonly ours: number;
  /** Brings it to ours; a kill in the middle leaves it as it was. */
  readonly migrate: () => void | Promise<void>;
};

/** Of every part that is there. */
export async function formsOf(dir: string, config: Config): Promise<readonly PartForm[]> {
  const journal = journalOf(dir, config);
  const forms: PartForm[] = [
    {
      name: journal.name,
      is: await journal.form(),
      ours: journal.schema,
      migrate: async () => {
        const opened = journal.open();
        await opened.recover();
        await opened.close();
      },
    },
    { name: 'accounts.db', ...accountsForm(join(dir, 'accounts.db')) },
    { name: 'devices.db', ...deviceKeysForm(join(dir, 'devices.db')) },
    { name: 'audit.db', ...auditForm(join(dir, 'audit.db')) },
  ];
  return forms.filter((f) => f.is > 0);
}
