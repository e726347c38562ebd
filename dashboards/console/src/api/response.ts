import type { z } from 'zod';
import type { incidentJson } from '../../../../src/wire/response/incident.ts';
import type { OrderEventJson, OrderJson } from '../../../../src/wire/response/order.ts';
import type { WarningJson } from '../../../../src/wire/response/warning.ts';

/** What follows an alarm, as the public interface answers it (docs/interfaces.md §8). */
export type { OrderEventJson, OrderJson, WarningJson };
export type IncidentJson = z.infer<typeof incidentJson>;
