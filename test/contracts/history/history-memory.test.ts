import { MemoryHistory } from '../../memory/history.ts';
import { historyContract } from './history.contract.ts';

historyContract('the history in memory', () => {
  const history = new MemoryHistory();
  return { open: () => history, end: () => undefined };
});
