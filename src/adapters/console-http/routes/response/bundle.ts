import type { Actor, Alarm } from '../../../../domain/alarm/alarm.ts';
import { type AttachmentId, as } from '../../../../domain/ids.ts';
import type { Incident } from '../../../../domain/incident/incident.ts';
import type { Order } from '../../../../domain/order/order.ts';
import { days, hours } from '../../../../domain/time.ts';
import type { Warning } from '../../../../domain/warning/warning.ts';
import type { BundleFile } from '../../../../flow/ports/responses.ts';
import { actorName, alarmToJson } from '../../../../wire/alarm.ts';
import { capXml } from '../../../../wire/files/cap.ts';
import { incidentToJson } from '../../../../wire/response/incident.ts';
import { orderToJson } from '../../../../wire/response/order.ts';
import { warningToJson } from '../../../../wire/response/warning.ts';
import type { Services } from '../../answer/services.ts';
import { readingsCsv } from '../readings-csv.ts';
import { type StoryLine, storyPage } from './story-page.ts';

/** Readings from so long before the first alarm to so long after the last thing that happened. */
const AROUND = hours(1);
const READINGS_AT_MOST = days(7);
/** Pages of orders and warnings looked through, newest first. */
const PAGES = 50;
const PAGE = 200;

type Happened = {
  readonly seq: number;
  readonly event: { readonly at: number; readonly by: Actor; readonly change: { readonly kind: string } };
};

type Wanted = {
  readonly parts: Services;
  readonly by: string;
  readonly sees: (area: string) => boolean;
};

/** Everything that belongs to an incident, as files that anybody reads without us: JSON lines, CSV, XML, pictures, a page. */
export async function bundleOf(incident: Incident, { parts, by, sees }: Wanted): Promise<Uint8Array> {
  const { clock, service, responses, journal, audit } = parts;
  const files: BundleFile[] = [];
  const leftOut: string[] = [];
  const add = (path: string, text: string) => files.push({ path, bytes: new TextEncoder().encode(text) });
  const lines = (path: string, items: readonly unknown[]) =>
    add(path, items.map((i) => `${JSON.stringify(i)}\n`).join(''));
  const story: StoryLine[] = [];
  const told = (what: string, { seq, event }: Happened) =>
    story.push({ seq, at: event.at, by: actorName(event.by), what, event: event.change.kind });

  const seq = service.board.seq();
  add('incident.json', json(incidentToJson(incident)));
  const own = await responses.eventsOf(incident.id);
  lines('incident.events.jsonl', own);
  for (const e of own) told(`事件 ${incident.name.zh}`, e);

  const alarms: Alarm[] = [];
  for (const { alarm: id } of incident.members) {
    const alarm = await service.alarm(id);
    if (alarm === null) continue;
    alarms.push(alarm);
    add(`alarms/${id}.json`, json(alarmToJson(alarm, service.board.live(alarm))));
    const events = await journal.eventsOf(id);
    lines(`alarms/${id}.events.jsonl`, events);
    for (const e of events) told(`报警 ${alarm.pointName} ${alarm.ruleName.zh}`, e);
    await notices(parts, id, lines);
  }

  const ids = new Set<string>(alarms.map((a) => a.id));
  const isOfIt = (x: { readonly incident: string | null; readonly alarms: readonly string[] }) =>
    x.incident === incident.id || x.alarms.some((a) => ids.has(a));
  const attachments = new Set<AttachmentId>();
  for (const order of await ordersOf(parts, incident, (o) => sees(o.place.area) && isOfIt(o))) {
    add(`orders/${order.id}.json`, json(orderToJson(order, clock.now())));
    const events = await responses.eventsOf(order.id);
    lines(`orders/${order.id}.events.jsonl`, events);
    for (const e of events) told(`工单 ${order.no} ${order.title}`, e);
    for (const id of order.attachments) attachments.add(id);
    await notices(parts, order.id, lines);
  }
  for (const warning of await warningsOf(parts, incident, (w) => w.areas.some(sees) && isOfIt(w.basis))) {
    add(`warnings/${warning.id}.json`, json(warningToJson(warning)));
    const events = await responses.eventsOf(warning.id);
    lines(`warnings/${warning.id}.events.jsonl`, events);
    for (const e of events) told(`预警 ${warning.areaText}${warning.kind}`, e);
    const pack = service.packs().find((p) => p.lifeline === warning.lifeline);
    for (const m of warning.messages)
      add(
        `warnings/${warning.id}/${m.identifier}.xml`,
        capXml(warning, m, { ...parts.capIssuer, categories: pack?.capCategories ?? ['Infra'] }),
      );
    for (const { unit } of warning.recipients) await notices(parts, `${warning.id}-${unit}`, lines);
  }
  for (const id of attachments) {
    const found = await parts.attachments.find(id);
    const bytes = await parts.attachments.read(id);
    if (found === null || bytes === null)
      leftOut.push(`附件 ${id} 已不在 / the file ${id} is not there any more`);
    else files.push({ path: `attachments/${id}.${found.type.split('/')[1]}`, bytes });
  }
  await readings(parts, { alarms, until: Math.max(...story.map((l) => l.at), 0) }, add).catch(() =>
    leftOut.push('读数：历史库暂不可用 / readings: the history store is away'),
  );
  const anchor = await audit.anchor().catch(() => null);
  add('index.html', storyPage(incident, story));
  add('README.txt', README);
  return parts.packBundle(files, {
    incident: incident.id,
    madeAt: clock.now(),
    madeBy: by,
    seq,
    anchor: anchor === null ? null : `${anchor.n}:${anchor.seal}`,
    leftOut,
  });
}

/** Who was told of it, by what, with every try. */
async function notices(
  { notices: office }: Services,
  subject: string,
  lines: (path: string, items: readonly unknown[]) => void,
): Promise<void> {
  const told = await office.storyOf(as.alarm(subject));
  if (told.length > 0) lines(`notices/${subject}.jsonl`, told);
}

async function readings(
  { service, history }: Services,
  { alarms, until }: { readonly alarms: readonly Alarm[]; readonly until: number },
  add: (path: string, text: string) => void,
): Promise<void> {
  const first = Math.min(...alarms.map((a) => a.observedAt));
  if (!Number.isFinite(first)) return;
  const from = first - AROUND;
  const to = Math.min(until + AROUND, from + READINGS_AT_MOST);
  for (const code of new Set(alarms.map((a) => a.pointCode))) {
    const point = service.register.point(code);
    const pack = service.packs().find((p) => p.lifeline === point?.lifeline);
    if (point === undefined || pack === undefined) continue;
    let text = '';
    for await (const piece of readingsCsv({ history, of: [{ point, metrics: pack.metrics }], from, to }))
      text += piece;
    add(`readings/${code}.csv`, text);
  }
}

/** Orders and warnings of now come from the board; those that are over are looked for back to the incident's beginning. */
export async function ordersOf(
  { responses }: Pick<Services, 'responses'>,
  incident: Pick<Incident, 'madeAt'>,
  wanted: (o: Order) => boolean,
): Promise<Order[]> {
  const found: Order[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < PAGES; pages++) {
    const page = await responses.orders({ open: null }, PAGE, after);
    found.push(...page.items.filter(wanted));
    after = page.next;
    if (after === null || (page.items.at(-1)?.createdAt ?? 0) < incident.madeAt - days(1)) break;
  }
  return found;
}

export async function warningsOf(
  { responses }: Pick<Services, 'responses'>,
  incident: Pick<Incident, 'madeAt'>,
  wanted: (w: Warning) => boolean,
): Promise<Warning[]> {
  const found: Warning[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < PAGES; pages++) {
    const page = await responses.warnings({ open: null }, PAGE, after);
    found.push(...page.items.filter(wanted));
    after = page.next;
    if (after === null || (page.items.at(-1)?.draftedAt ?? 0) < incident.madeAt - days(1)) break;
  }
  return found;
}

const json = (x: unknown): string => `${JSON.stringify(x, null, 1)}\n`;

const README = `事件归档包 / the archive of an incident

index.html            时间线，浏览器可直接打开 / the story, for any browser
*.events.jsonl        事件日志，一行一条 JSON / journal events, one JSON a line
readings/*.csv        读数，UTF-8 / readings
warnings/**/*.xml     预警信息，CAP 1.2 / warnings
notices/*.jsonl       通知及每次发送 / notices, with every try
attachments/          照片与文件，按 SHA-256 命名 / photos and papers by their SHA-256
manifest.json         清单 / the list of all of it

校验 / check:  sha256sum -c SHA256SUMS
SM3:           SM3SUMS（GB/T 32905-2016），任一支持 SM3 的工具 / with any program that knows SM3, such as: openssl dgst -sm3
`;
