import { MemoryWriterRow } from '../../memory/writer-row.ts';
import { writerRowContract } from './writer-row.contract.ts';

writerRowContract('a row in memory', () => {
  let now = 1_000_000;
  let row = new MemoryWriterRow(() => now);
  return {
    open: () => row,
    erase: () => {
      row = new MemoryWriterRow(() => now);
    },
    pass: async (ms) => {
      now += ms;
    },
    end: () => undefined,
  };
});
