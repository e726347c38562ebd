import { as, type ChannelId } from '../../domain/ids.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import { USEFUL_FOR } from '../../domain/notice/pace.ts';
import type { Report } from '../../domain/report/report.ts';
import { figureText, titleOf } from '../../wire/answering/report-cells.ts';
import { figureWords } from '../../wire/answering/report-words.ts';
import type { Core } from '../core/core.ts';
import type { Draft } from '../core/draft.ts';

/** What a notice of a report says of it: as much as stands on a phone. */
const SAID = [
  'alarms.raised',
  'alarms.level1',
  'alarms.open-at-end',
  'online.rate',
  'orders.controlled-in-time',
];
const BECAME: { readonly [S in Report['state']]: string } = {
  draft: '已编制，待审核',
  reviewed: '已审核',
  issued: '已签发',
  corrected: '已更正',
};

/**
 * Owes these channels a notice of a report, in the very turn that made or issued it. A channel that there is not, or that is off, is
 * left out.
 */
export function tellReport(
  core: Pick<Core, 'notices'>,
  channels: readonly ChannelId[],
  { report, draft }: { readonly report: Report; readonly draft: Draft },
): void {
  const lines = report.figures.figures
    .filter((f) => SAID.includes(f.key))
    .map((f) => `${figureWords(f.key).zh}：${figureText(f)}`);
  for (const channel of channels) {
    if (core.notices.book.channel(channel)?.enabled !== true) continue;
    const notice: Notice = {
      id: as.notice(`${report.id}.${report.state}.${channel}`),
      subject: { kind: 'platform', id: report.id, revision: report.revision },
      ...(report.area === null ? {} : { area: report.area }),
      about: 'raised',
      level: 4,
      call: null,
      policy: null,
      contact: null,
      channel,
      text: {
        marks: [],
        title: `${titleOf(report)} ${BECAME[report.state]}（${report.no}）`,
        lines,
        link: null,
      },
      state: 'queued',
      queuedAt: draft.at,
      usefulUntil: draft.at + USEFUL_FOR[4],
      tries: [],
      nextTryAt: null,
      why: null,
    };
    core.notices.keep({ is: 'notice', notice, open: false }, draft);
  }
}
