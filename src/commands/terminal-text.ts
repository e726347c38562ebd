const AT_MOST = 60;
const NAMED_AT_MOST = 20;

/**
 * What somebody else wrote, for a message of ours: cut, and without marks that a terminal obeys or that turn the
 * direction of writing. A file names itself, and may be of somebody who does not mean well.
 */
export function said(text: string): string {
  const cut = text.length > AT_MOST ? `${text.slice(0, AT_MOST)}… (${text.length})` : text;
  return cut.replace(OBEYED, written);
}

const written = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
const OBEYED = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A message as it may go to a terminal, whatever was put into it: of several lines, and nothing but text. */
export const plainLines = (message: string): string =>
  message
    .split('\n')
    .map((line) => line.replace(OBEYED, (c) => (c === '\t' ? c : written(c))))
    .join('\n');

/** Some of a list, and how many there are. */
export function saidList(texts: readonly string[], between = ', '): string {
  const told = texts.slice(0, NAMED_AT_MOST).map(said).join(between);
  return texts.length > NAMED_AT_MOST ? `${told}${between}… (${texts.length})` : told;
}
