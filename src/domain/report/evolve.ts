import type { Report, ReportEvent } from './report.ts';

/** @param report `null`: the event makes it */
export function evolveReport(report: Report | null, event: ReportEvent): Report {
  const { change, at, by, revision } = event;
  if (report === null) {
    if (change.kind !== 'compiled') throw new Error(`a report begins with "${change.kind}"`);
    return {
      ...change.birth,
      revision,
      state: 'draft',
      author: by,
      madeAt: at,
      reviewed: null,
      issued: null,
      corrected: null,
    };
  }
  switch (change.kind) {
    case 'compiled':
      throw new Error('a report is made once');
    case 'reviewed':
      return {
        ...report,
        revision,
        state: 'reviewed',
        text: change.text ?? report.text,
        reviewed: { by, at },
      };
    case 'issued':
      return { ...report, revision, state: 'issued', issued: { by, at } };
    case 'corrected':
      return {
        ...report,
        revision,
        state: 'corrected',
        corrected: { by, at, reason: change.reason, to: change.to },
      };
  }
}
