import { test } from 'vitest';
import { gb26875Speech } from '../../../simulators/doors/gb26875.ts';
import { killDoor } from './killed-door.ts';

test('killed again and again: what the door has answered is kept, once, and answered in order', async () => {
  await killDoor('gb26875', gb26875Speech(['depth']));
}, 300_000);
