import { no, ok, type Result } from '../../domain/result.ts';
import type { TelemetryFlaw } from './telemetry-flaw.ts';

/** The most bytes a payload may have. */
export const PAYLOAD_BYTES = 256 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Bytes → JSON. Never throws. Strict UTF-8: a byte that a lenient decoder would turn into U+FFFD was
 * something else on the device. Nesting needs no bound of ours: the engine's parser does not recurse, and
 * nobody here descends into what they do not know.
 */
export function readJson(bytes: Uint8Array): Result<unknown, TelemetryFlaw> {
  if (bytes.byteLength > PAYLOAD_BYTES) {
    return no({
      code: 'too-large',
      detail: `${bytes.byteLength} bytes; at most ${PAYLOAD_BYTES} (256 KiB) fit into a packet: send several.`,
    });
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return no({ code: 'not-utf8', detail: 'The payload is not UTF-8; JSON in UTF-8 would be right.' });
  }
  try {
    return ok(JSON.parse(text));
  } catch {
    const mended = withoutBareNaN(text);
    if (mended !== null) return ok(mended);
    return no({
      code: 'not-json',
      detail:
        text.trim() === ''
          ? 'The payload is empty; a JSON object such as {"values":{"ch4":12.5}} would be right.'
          : 'The payload is not JSON; an object such as {"values":{"ch4":12.5}} would be right.',
    });
  }
}

/** A JSON object, neither null nor an array; its names are whatever the device chose, `__proto__` included. */
export function isObject(x: unknown): x is Readonly<Record<string, unknown>> {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

/** A number that is none, as printf and Python write it: it must not take the others of its packet with it. */
const BARE = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<=[:[,]\s*)[+-]?(?:nan|inf(?:inity)?)(?=\s*[,}\]])/gi;

/** @returns what the text says with those as null; `null` where it is no JSON for another reason */
function withoutBareNaN(text: string): unknown {
  if (!/nan|inf/i.test(text)) return null;
  try {
    return JSON.parse(text.replace(BARE, (found) => (found.startsWith('"') ? found : 'null')));
  } catch {
    return null;
  }
}
