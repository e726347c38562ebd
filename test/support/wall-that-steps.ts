import { readFileSync } from 'node:fs';

/**
 * Loaded before a service process (`NODE_OPTIONS=--import=…`): its machine's clock stands as many milliseconds beside the true
 * one as the file named by WALL_OFFSET_FILE says, which is read again on SIGUSR2. The steady counter is left alone.
 */
const file = process.env.WALL_OFFSET_FILE;
const trueNow = Date.now;
let offset = 0;
const read = (): void => {
  offset = file === undefined ? 0 : Number(readFileSync(file, 'utf8'));
};
read();
process.on('SIGUSR2', read);
Date.now = () => trueNow() + offset;
