import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { HistoryDuckdb } from '../../src/adapters/history-duckdb/index.ts';
import { historyContract } from './history.contract.ts';

const newDir = (): string => mkdtempSync(join(tmpdir(), 'history-'));

historyContract('the history on DuckDB', () => {
  const dir = newDir();
  return {
    open: () =>
      new HistoryDuckdb({ dir, onTrouble: (msg, fields) => expect.fail(`${msg} ${JSON.stringify(fields)}`) }),
    end: () => rmSync(dir, { recursive: true, force: true }),
  };
});
