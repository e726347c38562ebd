import { test } from 'vitest';
import { hj212Speech } from '../../../simulators/doors/hj212.ts';
import { killDoor } from './killed-door.ts';

test('killed again and again: what the door has answered is kept, once, and answered in order', async () => {
  await killDoor('hj212', hj212Speech());
}, 300_000);
