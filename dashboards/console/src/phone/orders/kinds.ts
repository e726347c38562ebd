import type { z } from 'zod';
import type { pauseBody, refuseBody } from '../../../../../src/wire/http/response/orders.ts';

type RefusalKind = z.infer<typeof refuseBody>['reasonKind'];
type PauseKind = z.infer<typeof pauseBody>['kind'];

const REFUSALS: Readonly<Record<RefusalKind, true>> = {
  'not-ours': true,
  'no-capacity': true,
  'wrong-place': true,
  duplicate: true,
  other: true,
};
const PAUSES: Readonly<Record<PauseKind, true>> = {
  permit: true,
  weather: true,
  'water-window': true,
  parts: true,
  'other-unit': true,
  other: true,
};
export const REFUSAL_KINDS = Object.keys(REFUSALS) as readonly RefusalKind[];
export const PAUSE_KINDS = Object.keys(PAUSES) as readonly PauseKind[];
