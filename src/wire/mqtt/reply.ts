import type { TelemetryFlaw } from './telemetry-flaw.ts';
import { isObject, readJson } from './telemetry-json.ts';

/** What a device says of a command: `{"id":…, "ok":true, "result":…}` (interfaces §2). */
export type DecodedReply = { readonly id: string; readonly ok: boolean; readonly result: unknown };

/** A result is kept with its command, and is no file. */
const RESULT_BYTES = 16 * 1024;

export function decodeReply(bytes: Uint8Array): DecodedReply | TelemetryFlaw {
  const json = readJson(bytes);
  if (!json.ok) return json.error;
  const x = json.value;
  if (!isObject(x) || typeof x.id !== 'string' || x.id.length > 64 || typeof x.ok !== 'boolean')
    return {
      code: 'wrong-shape',
      detail:
        'A reply says {"id":…,"ok":true,"result":…}: the id that came with the command, and whether it was done.',
    };
  if (x.result !== undefined && JSON.stringify(x.result).length > RESULT_BYTES)
    return { code: 'wrong-shape', detail: 'The result of a command has at most 16 KiB.' };
  return { id: x.id, ok: x.ok, result: x.result ?? null };
}
