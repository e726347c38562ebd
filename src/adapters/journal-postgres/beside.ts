/** What PostgreSQL keeps in columns beside a JSON text, and SQLite finds within it: see schema.ts. */

/** Of an event of an alarm: 1 where it was raised hidden. */
export const hiddenOf = (kind: string, event: string): number =>
  kind === 'raised' && (JSON.parse(event) as RaisedText).change.hidden != null ? 1 : 0;

/** Of an alarm: what counting asks of it. */
export function alarmBeside(json: string): { readonly overlay: string; readonly brief: string } {
  const alarm = JSON.parse(json) as AlarmText;
  const { pointName, assetCode, assetName, ruleId, ruleName, assessment, from } = alarm;
  return {
    overlay: alarm.overlay.is,
    brief: JSON.stringify({
      pointName,
      asset: assetCode ?? null,
      assetName: assetName ?? null,
      rule: ruleId,
      ruleName,
      verdict: assessment?.verdict ?? null,
      from: from ?? null,
    }),
  };
}

/** Of an order: 1 where it came from nobody above. */
export const ownOf = (kind: string, json: string): number =>
  kind === 'order' && (JSON.parse(json) as ResponseText).from == null ? 1 : 0;

/** Of a warning: the last message that it sent. */
export const messageOf = (kind: string, json: string): string | null =>
  kind === 'warning' ? ((JSON.parse(json) as ResponseText).messages?.at(-1)?.identifier ?? null) : null;

type RaisedText = { readonly change: { readonly hidden?: unknown } };

type AlarmText = {
  readonly overlay: { readonly is: string };
  readonly pointName: unknown;
  readonly assetCode?: unknown;
  readonly assetName?: unknown;
  readonly ruleId: unknown;
  readonly ruleName: unknown;
  readonly from?: unknown;
  readonly assessment?: { readonly verdict?: unknown } | null;
};

type ResponseText = {
  readonly from?: unknown;
  readonly messages?: readonly { readonly identifier?: string }[];
};
