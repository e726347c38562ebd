import { AccountsDisk, AccountsMemory } from '../memory/accounts.ts';
import { accountsContract } from './accounts.contract.ts';

accountsContract('the accounts in memory', () => {
  let disk = new AccountsDisk();
  return {
    open: (given) => new AccountsMemory({ disk, ...given }),
    erase: () => {
      disk = new AccountsDisk();
    },
    end: () => {},
  };
});
