import type { Incident } from '../../../../domain/incident/incident.ts';

/** One thing that happened. */
export type StoryLine = {
  readonly seq: number;
  readonly at: number;
  readonly by: string;
  /** What it happened to. */
  readonly what: string;
  readonly event: string;
};

const safe = (s: string): string =>
  s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Eight hours ahead of UTC all year. */
const beijing = (at: number): string =>
  new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

/** The whole chain as one line of time, as a page that needs nothing but a browser: no script, nothing from outside. */
export function storyPage(incident: Incident, story: readonly StoryLine[]): string {
  const rows = [...story]
    .sort((a, b) => a.seq - b.seq)
    .map(
      (l) =>
        `<tr><td>${l.seq}</td><td>${beijing(l.at)}</td><td>${safe(l.what)}</td><td>${safe(l.event)}</td><td>${safe(l.by)}</td></tr>`,
    );
  return `<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>${safe(incident.name.zh)} ${safe(incident.id)}</title>
<style>body{font:14px/1.5 sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #999;padding:4px 8px;text-align:left}</style>
</head><body>
<h1>${safe(incident.name.zh)}</h1>
<p>${safe(incident.name.en)} · ${safe(incident.id)} · ${safe(incident.state)} · ${incident.level}</p>
<table><thead><tr><th>序号 seq</th><th>北京时间 Beijing time</th><th>对象 of</th><th>事件 event</th><th>操作 by</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>
</body></html>
`;
}
