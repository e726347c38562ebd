import { z } from 'zod';
import { PAYLOAD_BYTES } from '../mqtt/telemetry-json.ts';
import { codeIn, instantOut, lifelineIn, qualityOut, whyOut } from './shapes.ts';

export const flawOut = z.object({ code: z.string(), detail: z.string() });

/** A packet to be looked at and not taken: the very text that the device would publish. */
export const checkBody = z
  .strictObject({
    lifeline: lifelineIn,
    device: codeIn,
    payload: z.string().max(PAYLOAD_BYTES).describe('as it would be published; need not be JSON'),
  })
  .meta({ id: 'TelemetryCheck' });

const checkedFlaw = flawOut.describe('what would be set aside, and what would be right');

export const checkOut = z
  .object({
    pointCode: z.string().nullable().describe('where its readings would go; null: nowhere'),
    wouldRegister: z.boolean().describe('the device is unknown and would be registered as unverified'),
    values: z.array(
      z.object({
        metric: z.string(),
        given: z.number().nullable().describe('as the packet has it; null: no number'),
        value: z.number().nullable().describe('as it would be kept'),
        unit: z.string(),
        quality: qualityOut,
        why: whyOut.optional(),
        deviceTime: instantOut.nullable().describe('null: none that can be read'),
        clockOff: z.boolean().describe('the time of receipt would be taken instead'),
        observedAt: instantOut,
      }),
    ),
    frames: z.array(
      z.object({
        metric: z.string(),
        samples: z.number().int(),
        dt: z.number().describe('milliseconds between samples'),
        observedAt: instantOut.describe('of the first sample'),
        clockOff: z.boolean().describe('it would end at the time of receipt instead'),
      }),
    ),
    flaws: z.array(checkedFlaw),
  })
  .meta({ id: 'TelemetryChecked' });
