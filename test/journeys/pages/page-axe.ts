import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Serious and critical findings of axe-core on what the page shows now, in the theme given. */
export async function axeFindings(
  page: Page,
  theme: 'dark' | 'light',
  ready: () => Promise<void>,
): Promise<string[]> {
  await page.evaluate((t) => localStorage.setItem('lifeline.theme', t), theme);
  await page.reload();
  await ready();
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    type Found = { id: string; impact: string; nodes: { target: string[] }[] };
    const { axe: run } = globalThis as unknown as {
      axe: { run(o: object): Promise<{ violations: Found[] }> };
    };
    return (await run.run({ resultTypes: ['violations'] })).violations;
  });
  return found
    .filter((f) => f.impact === 'serious' || f.impact === 'critical')
    .map(
      (f) =>
        `${theme} ${f.id}: ${f.nodes
          .map((n) => n.target.join(' '))
          .slice(0, 4)
          .join(' | ')}`,
    );
}
