import type { Page } from 'playwright-core';

/** What scrolls sideways or is cut off. */
export const clipped = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth)
      found.push(`scrolls sideways to ${document.documentElement.scrollWidth}`);
    for (const e of document.querySelectorAll('button, a, input, select, h1, h2, h3, th')) {
      const r = e.getBoundingClientRect();
      if (r.width === 0 || r.height === 0 || getComputedStyle(e).clipPath !== 'none') continue;
      // What lies in a part that scrolls sideways by itself can be brought into sight.
      let scrolls = false;
      for (let p: Element | null = e.parentElement; p !== null; p = p.parentElement)
        if (/auto|scroll/.test(getComputedStyle(p).overflowX ?? '') && p.tagName !== 'MAIN') scrolls = true;
      if (!scrolls && (r.right > innerWidth + 1 || r.left < -1))
        found.push(`${e.tagName} ${e.textContent?.trim().slice(0, 20)}`);
    }
    return found;
  });

/** A key left standing, a place left unfilled, or a word of the other language where ours stand. */
export async function untranslated(page: Page, language: string): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: { text: string; own: boolean }[] = [];
    for (const e of document.querySelectorAll(
      'button, a, th, dt, h1, h2, h3, label, legend, option, p, span, li',
    )) {
      const own =
        /^(BUTTON|TH|DT|H2|H3|LABEL|LEGEND)$/.test(e.tagName) && e.closest('[lang]')?.tagName === 'HTML';
      found.push({ text: e.textContent?.trim() ?? '', own });
      for (const n of ['title', 'aria-label', 'placeholder'])
        if (e.getAttribute(n)) found.push({ text: e.getAttribute(n) ?? '', own: false });
    }
    return found;
  });
  return texts.flatMap(({ text, own }) => [
    ...(/^[a-z]+\.[a-z][A-Za-z.-]+$/.test(text) && !/\d/.test(text) ? [`key: ${text}`] : []),
    ...(/\{\w+\}/.test(text) && !text.includes('"') ? [`place: ${text.slice(0, 40)}`] : []),
    ...(language === 'en' && own && /[\u4e00-\u9fff]/.test(text) ? [`Chinese: ${text.slice(0, 40)}`] : []),
  ]);
}
