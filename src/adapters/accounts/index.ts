import type { Database } from '../postgres/database.ts';
import { type FileForm, fileForm } from '../shared/file-form.ts';
import { AccountTables } from './postgres-store.ts';
import { ACCOUNT_STEPS, AccountFile } from './sqlite-store.ts';
import { type AccountsGiven, StoredAccounts } from './stored-accounts.ts';

/** How the file looks, and how this version writes it. */
export const accountsForm = (file: string): FileForm => fileForm(file, ACCOUNT_STEPS, true);

export type AccountsOptions = AccountsGiven & { readonly file: string };

/** Accounts in a SQLite file of their own. */
export class AccountsSqlite extends StoredAccounts {
  constructor({ file, ...given }: AccountsOptions) {
    super(new AccountFile(file), given);
  }
}

export type AccountsInDatabase = AccountsGiven & {
  /** With the fence of the writer. */
  readonly connect: () => Promise<Database>;
};

/** Accounts in PostgreSQL. */
export class AccountsPostgres extends StoredAccounts {
  constructor({ connect, ...given }: AccountsInDatabase) {
    super(new AccountTables(connect), given);
  }
}
