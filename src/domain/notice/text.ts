/** What stands in front of everything else: that it is a drill, a test, or told again since a kill left it in doubt. */
export type NoticeMark = 'drill' | 'test' | 'again';

/**
 * What a notice says, before a channel's bounds. Robots lie outside the city's net: place code, level and link, and no
 * personal data (docs/plan/response.md G.3).
 */
export type NoticeText = {
  readonly marks: readonly NoticeMark[];
  /** One line: level and what. Whatever else is left out, this is not. */
  readonly title: string;
  /** In order of weight: what does not fit is left out from the end. */
  readonly lines: readonly string[];
  /** Never cut: half an address leads nowhere. */
  readonly link: string | null;
};

const MARKS: Readonly<Record<NoticeMark, string>> = {
  drill: '【演练】',
  test: '【测试】',
  again: '【重发】',
};

const ELLIPSIS = '…';

/** Bytes of UTF-8. */
export function bytesOf(text: string): number {
  let n = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    n += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return n;
}

/** Cut to so many bytes, between signs, with an ellipsis where something was cut. */
export function cut(text: string, bytes: number): string {
  if (bytesOf(text) <= bytes) return text;
  let room = bytes - bytesOf(ELLIPSIS);
  if (room < 0) return '';
  let kept = '';
  for (const sign of text) {
    room -= bytesOf(sign);
    if (room < 0) break;
    kept += sign;
  }
  return kept + ELLIPSIS;
}

/** Cut to so many signs, as templates of SMS count. */
export function cutSigns(text: string, most: number): string {
  const signs = [...text];
  return signs.length <= most ? text : signs.slice(0, most - 1).join('') + ELLIPSIS;
}

export const markedTitle = ({ marks, title }: Pick<NoticeText, 'marks' | 'title'>): string =>
  `${marks.map((m) => MARKS[m]).join('')}${title}`;

/**
 * The text within a channel's bytes. Marks and title come first and are the last to be cut; the link is kept whole where
 * it leaves the title room, and left out whole where it does not; of the lines as many as fit, the last of them cut.
 *
 * @param bytes of UTF-8, of the whole text
 */
export function fitted(text: NoticeText, bytes: number): string {
  const title = markedTitle(text);
  const link = text.link !== null && bytesOf(title) + 1 + bytesOf(text.link) <= bytes ? `\n${text.link}` : '';
  const kept = [cut(title, bytes - bytesOf(link))];
  let room = bytes - bytesOf(kept[0] ?? '') - bytesOf(link);
  for (const line of text.lines) {
    const size = 1 + bytesOf(line);
    if (size <= room) {
      kept.push(line);
      room -= size;
      continue;
    }
    const shortened = cut(line, room - 1);
    // A line of which only the ellipsis is left says nothing.
    if (bytesOf(shortened) > bytesOf(ELLIPSIS)) kept.push(shortened);
    break;
  }
  return kept.join('\n') + link;
}

/** What a notice is about. */
export type NoticeAbout = 'raised' | 'risen' | 'again' | 'recovered' | 'closed' | 'digest' | 'test';
