import { z } from 'zod';
import { iso } from '../alarm.ts';

/** What goes down on `down/command` and `down/config` (interfaces §2). */
export const downPayload = z.object({
  id: z.string().describe('comes back in up/reply; one that was seen before is not carried out again'),
  name: z.string(),
  params: z.record(z.string(), z.unknown()),
  sentAt: z.iso.datetime().optional().describe('our clock; left out while it is doubted'),
  expiresAt: z.iso.datetime().describe('not to be carried out after this'),
  repeated: z.literal(true).optional().describe('it has left before, and may have arrived'),
});

/** What a device says of a command, on `up/reply`. */
export const replyPayload = z.object({
  id: z.string().max(64),
  ok: z.boolean(),
  result: z.unknown().optional().describe('at most 16 KiB; shown to whoever gave the command'),
});

type Leaving = {
  readonly id: string;
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly expiresAt: number;
  readonly isRepeated: boolean;
};

/** @param now our clock; `null`: it is doubted */
export const downText = (c: Leaving, now: number | null): string =>
  JSON.stringify({
    id: c.id,
    name: c.name,
    params: c.params,
    ...(now === null ? {} : { sentAt: iso(now) }),
    expiresAt: iso(c.expiresAt),
    ...(c.isRepeated ? { repeated: true } : {}),
  } satisfies z.input<typeof downPayload>);
