/**
 * Puts text on the clipboard. The modern way is only there on https and on this machine; over plain http in a
 * duty room's network the old way still works.
 *
 * @returns false where neither does: the text can then be selected by hand
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard !== undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused by the browser's settings: the old way may still do.
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'only-read';
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
