import { fromHex, latin1, toHex } from '../bytes.ts';
import type { Sl651Form, Sl651Frame } from './framer.ts';

/** Parameters of a station by guide, their digits as they stand in the frame. */
export type Sl651Parameters = Readonly<Record<string, string>>;

/** Longest value that the five bits of a definition byte can name. */
const VALUE_AT_MOST = 31;
/** Serial and time, and the station's address with its guide, which some put between. */
const HEX_HEAD = 8;
const ASCII_HEAD = 16;
const STATION = 7;

const GUIDE = /^[0-9A-F]{2}$/;
const VALUE = /^([0-9A-F]{2})+$/;

/**
 * Behind serial and time of a frame down: in HEX guide, definition and value, in ASCII guide and value with a blank behind
 * each (docs/plan/protocols.md §3, frame ⑤; guides of parameters are two hex digits in both forms, V2: github 64673a/SL651-2014).
 *
 * @param parameters an empty value asks for it
 * @returns hex digits in HEX, characters in ASCII; `null`: something in it cannot be said
 */
export function parametersText(form: Sl651Form, parameters: Sl651Parameters): string | null {
  let text = '';
  for (const [guide, value] of Object.entries(parameters)) {
    const bytes = value.length / 2;
    if (!GUIDE.test(guide) || (value !== '' && !VALUE.test(value)) || bytes > VALUE_AT_MOST) return null;
    if (form === 'ascii') text += value === '' ? `${guide} ` : `${guide} ${value} `;
    else text += guide + toHex(Uint8Array.of(value === '' ? (ASKED[guide] ?? 0) : bytes << 3)) + value;
  }
  return text;
}

/** Definition bytes of what is asked for without a value: the lengths of tables D.1 and D.4. */
const ASKED: Readonly<Record<string, number>> = {
  '01': 0x20,
  '0C': 0x08,
  '0D': 0x40,
  '20': 0x08,
  '21': 0x08,
};

/** What a station says of its parameters, as far as its text can be read. */
export function parametersIn({ form, text }: Pick<Sl651Frame, 'form' | 'text'>): Sl651Parameters {
  return form === 'hex' ? inHex(text) : inAscii(latin1(text.subarray(ASCII_HEAD)));
}

function inHex(text: Uint8Array): Sl651Parameters {
  const found: Record<string, string> = {};
  const hasStation = text[HEX_HEAD] === 0xf1 && text[HEX_HEAD + 1] === 0xf1;
  let at = HEX_HEAD + (hasStation ? STATION : 0);
  while (at + 1 < text.length) {
    const length = (text[at + 1] as number) >> 3;
    if (length === 0 || at + 2 + length > text.length) break;
    found[toHex(text.subarray(at, at + 1))] = toHex(text.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}

function inAscii(text: string): Sl651Parameters {
  const found: Record<string, string> = {};
  const words = text.split(' ').filter((word) => word !== '');
  for (let i = 0; i + 1 < words.length; i += 2) {
    const [guide = '', value = ''] = [words[i]?.toUpperCase(), words[i + 1]];
    if (GUIDE.test(guide) && fromHex(value) !== null) found[guide] = value.toUpperCase();
  }
  return found;
}
