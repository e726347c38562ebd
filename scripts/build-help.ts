import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** For whom a page is, in the order of the front page; what is named nowhere here stands under the last one. */
const SHELVES: readonly { readonly zh: string; readonly en: string; readonly pages: readonly string[] }[] = [
  {
    zh: '安装与运行',
    en: 'Installing and running it',
    pages: [
      'README.md',
      'README.zh-CN.md',
      'docs/first-day.md',
      'docs/operations.md',
      'docs/operations.zh-CN.md',
      'docs/commands.md',
      'docs/import-export.md',
      'docs/register-file.md',
      'docs/map.md',
      'docs/security.md',
      'CHANGELOG.md',
    ],
  },
  {
    zh: '值班',
    en: 'On duty',
    pages: [
      'docs/handbook.zh-CN.md',
      'docs/handbook.md',
      'docs/screens/README.md',
      'docs/forecast.md',
      'docs/spectrum.md',
      'docs/alarm.md',
      'docs/orders.md',
      'docs/phone.md',
      'docs/phone.zh-CN.md',
      'docs/permissions.md',
      'docs/words.md',
    ],
  },
  {
    zh: '设备与接口',
    en: 'Devices and interfaces',
    pages: [
      'docs/devices.md',
      'docs/device-commands.md',
      'docs/mappings.md',
      'docs/upstream.md',
      'docs/doors.md',
      'docs/outside-broker.md',
      'docs/scale.md',
      'docs/api-guide.md',
      'docs/interfaces.md',
      'docs/refusals.md',
      'docs/data-quality.md',
    ],
  },
  { zh: '规则', en: 'Rules', pages: ['docs/rules.md', 'docs/signals.md', 'docs/truth.md'] },
  { zh: '其他', en: 'Everything else', pages: [] },
];

/** Of those who build it, not of those who run it. */
const NOT_SHOWN = /^docs\/(plan|decisions)\//;

/** Where a page lies in the help: `docs/devices.md` is `docs/devices.html`. */
const htmlOf = (page: string): string => page.replace(/\.md$/, '.html');

export async function helpSources(): Promise<string[]> {
  const docs = existsSync(join(ROOT, 'docs')) ? await readdir(join(ROOT, 'docs'), { recursive: true }) : [];
  const pages = [
    ...['README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'SECURITY.md'].filter((p) =>
      existsSync(join(ROOT, p)),
    ),
    ...docs.map((d) => `docs/${d}`),
  ];
  return pages.filter((p) => /\.(md|png)$/.test(p) && !NOT_SHOWN.test(p)).sort();
}

/**
 * Makes pages of a browser of the documents, for machines without a network. Links between them stay; what leads into
 * the sources, or to pages that are not shown, becomes plain text.
 *
 * @returns false where what makes them is not installed
 */
export async function buildHelp(to: string): Promise<boolean> {
  const marked = await import('marked').catch(() => null);
  if (marked === null) return false;
  const sources = await helpSources();
  const pages = sources.filter((p) => p.endsWith('.md'));
  const titles = new Map<string, string>();
  for (const page of pages) {
    const text = await readFile(join(ROOT, page), 'utf8');
    const said = (/^# (.+)$/m.exec(text)?.[1] ?? page).replaceAll('`', '');
    titles.set(page, [...titles.values()].includes(said) ? `${said} (${page})` : said);
    const reader = new marked.Marked({ gfm: true });
    const pictures: string[] = [];
    reader.use({
      renderer: {
        heading({ tokens, depth, raw }) {
          return `<h${depth} id="${slugOf(raw)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
        },
        link({ href, tokens }) {
          const inside = this.parser.parseInline(tokens);
          if (/^(https?:|mailto:|#)/.test(href)) return `<a href="${escaped(href)}">${inside}</a>`;
          const [path = '', hash] = href.split('#');
          const target = normalize(join(dirname(page), decodeURIComponent(path)));
          const shown = [target, `${target}/README.md`].find((t) => pages.includes(t));
          if (shown === undefined) return inside;
          const at = relative(dirname(page), htmlOf(shown)) + (hash === undefined ? '' : `#${hash}`);
          return `<a href="${escaped(at)}">${inside}</a>`;
        },
        image({ href, text }) {
          const target = normalize(join(dirname(page), href));
          if (!sources.includes(target)) return escaped(text);
          pictures.push(target);
          return `<img src="${escaped(href)}" alt="${escaped(text)}" loading="lazy">`;
        },
      },
    });
    const body = await reader.parse(text);
    const file = join(to, htmlOf(page));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(
      file,
      frame({ title: titles.get(page) ?? page, up: '../'.repeat(page.split('/').length - 1), body }),
    );
    for (const picture of new Set(pictures)) {
      await mkdir(dirname(join(to, picture)), { recursive: true });
      await cp(join(ROOT, picture), join(to, picture));
    }
  }
  await writeFile(join(to, 'help.css'), STYLE);
  // A browser would ask for one outside of the console's own path.
  await cp(join(ROOT, 'dashboards/console/public/favicon.svg'), join(to, 'favicon.svg'));
  await writeFile(
    join(to, 'index.html'),
    frame({ title: '帮助 Help', up: '', body: frontPage(pages, titles) }),
  );
  return true;
}

function frontPage(pages: readonly string[], titles: ReadonlyMap<string, string>): string {
  const placed = new Set(SHELVES.flatMap((s) => s.pages));
  const shelves = SHELVES.map((shelf, n) => {
    const rest = n === SHELVES.length - 1 ? pages.filter((p) => !placed.has(p)) : [];
    const items = [...shelf.pages, ...rest]
      .filter((p) => pages.includes(p))
      .map((p) => `<li><a href="${htmlOf(p)}">${escaped(titles.get(p) ?? p)}</a></li>`);
    return `<h2>${shelf.zh} · ${shelf.en}</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
  });
  return `<h1>帮助 Help</h1>\n${shelves.join('\n')}`;
}

const frame = ({ title, up, body }: { title: string; up: string; body: string }): string => `<!doctype html>
<html lang="${/\p{Script=Han}/u.test(title) ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<link rel="icon" href="${up}favicon.svg" type="image/svg+xml">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${up}help.css">
</head>
<body>
<nav><a href="${up}index.html">帮助 Help</a> · <a href="${up}../">值班台 Console</a></nav>
<main>
${body}</main>
</body>
</html>
`;

/** As code hosts make them: links between the documents name them so. */
const slugOf = (heading: string): string =>
  heading
    .replace(/^#+\s*/, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.65 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
nav { padding: 0.6rem 1.5rem; border-bottom: 1px solid #8886; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
a { color: #1565c0; }
@media (prefers-color-scheme: dark) { body { background: #14181d; color: #dfe5ea; } a { color: #7ab8ff; } }
pre, code { font-family: ui-monospace, Consolas, "Noto Sans Mono CJK SC", monospace; font-size: 0.9em; }
pre { overflow-x: auto; padding: 0.8rem 1rem; background: #8882; border-radius: 4px; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #8886; padding: 0.35rem 0.6rem; text-align: left; vertical-align: top; }
img { max-width: 100%; height: auto; }
h1, h2, h3 { line-height: 1.3; }
`;
