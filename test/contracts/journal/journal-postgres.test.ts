import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { JournalPostgres } from '../../../src/adapters/journal-postgres/index.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import { lossesContract } from '../losses.contract.ts';
import { journalContract } from './journal.contract.ts';

describe.skipIf(!hasPostgres())('PostgreSQL', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());

  let database = '';
  beforeEach(async () => {
    database = await server.newDatabase();
  });

  journalContract('the journal on PostgreSQL', () => ({
    open: () => new JournalPostgres({ url: server.url(database) }),
    erase: async () => {
      database = await server.newDatabase();
    },
    end: () => {},
  }));

  lossesContract('the journal on PostgreSQL', () => ({
    open: () => new JournalPostgres({ url: server.url(database) }),
    end: () => {},
  }));
});
