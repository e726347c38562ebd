import { afterAll } from 'vitest';
import { killWhatIsLeft } from './service-process.ts';

// Of every file that may start a service, after its own hooks (vitest.config.ts): it would run on beside the files that
// come next, and after them.
afterAll(() => {
  const pids = killWhatIsLeft();
  if (pids.length > 0)
    console.warn(`killed: a service that the tests of this file left behind, ${pids.join(', ')}`);
});
