import { test } from 'vitest';
import { sl651Speech } from '../../../simulators/doors/sl651.ts';
import { killDoor } from './killed-door.ts';

test('killed again and again: what the door has answered is kept, once, and answered in order', async () => {
  await killDoor('sl651', sl651Speech(['depth']));
}, 300_000);
