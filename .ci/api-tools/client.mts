// What somebody writes who has our document and a generator: the types are made from it, and hold it to its word.
import createClient from 'openapi-fetch';
import type { paths } from './made/openapi.js';

const [baseUrl = '', password = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });

const entered = await client.POST('/api/v1/session', { body: { account: 'admin', password } });
const headers = { authorization: `Bearer ${entered.data?.token}` };

const kept = await client.POST('/api/v1/telemetry', {
  headers,
  body: { lifeline: 'gas', device: 'GAS-1', values: { ch4: 60 } },
});
const alarms = await client.GET('/api/v1/alarms', {
  headers,
  params: { query: { state: 'open', limit: 10 } },
});
const [alarm] = alarms.data?.items ?? [];
const level: 1 | 2 | 3 | 4 | undefined = alarm?.level;
const told = await client.POST('/api/v1/alarms/{id}/acknowledge', {
  headers,
  params: { path: { id: alarm?.id ?? '' } },
  body: { seenRevision: alarm?.revision ?? 0, commandId: 'client-1', note: '已派人' },
});
// @ts-expect-error there is no such state
const refused = await client.GET('/api/v1/alarms', { headers, params: { query: { state: 'nonsense' } } });

process.stdout.write(
  JSON.stringify({
    entered: entered.response.status,
    kept: kept.response.status,
    level,
    acknowledgedBy: told.data?.ack?.by,
    refused: refused.error?.code,
  }),
);
