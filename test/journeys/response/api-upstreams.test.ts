import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hours, minutes } from '../../../src/domain/time.ts';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { CITY } from '../../flow/upstream/two-platforms.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';
import { upstreamsOver } from '../../support/upstreams.ts';

const SOURCE = { params: { source: 'qiaocheng' } };
const setup = {
  title: '市级平台',
  profile: 'district-to-city',
  url: 'http://127.0.0.1:9',
  source: 'bozhou',
  objects: ['alarm', 'order'],
};

/** One edge is the city; the district is a flow that tells it over HTTP. */
describe('a district and a city over HTTP', () => {
  let city: EdgeHarness;
  let district: FlowHarness;
  let up: ReturnType<typeof upstreamsOver>;
  const settle = async (done: () => boolean) => {
    for (let i = 0; i < 400 && !done(); i++) {
      up.sender.kick();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (!done()) throw new Error(JSON.stringify(up.office.one('city')));
  };

  beforeAll(async () => {
    city = await EdgeHarness.open();
    await city.ask('importRegister', {
      csv: `kind,code,name,parent,lifeline,area,asset,point
area,3416,亳州市,,,,,
area,341602,谯城区,3416,,,,
area,341621,涡阳县,3416,,,,
point,GAS-8,区里的点,,gas,341602,,
`,
    });
    const grants = { role: 'platform', areas: ['341602'], expiresAt: null } as const;
    const made = await city.ask('createToken', { body: { name: '谯城区平台', ...grants } });
    district = await FlowHarness.begin({ clock: city.flow.clock });
    up = upstreamsOver(district);
    await up.office.keep(
      {
        ...CITY,
        url: city.url,
        objects: ['alarm', 'order', 'reading'],
        readings: { every: minutes(1), mode: 'all' },
      },
      { secret: made.json.token },
    );
  });
  afterAll(() => city.close());

  test('an alarm is in the list of the city, with whose it is; a token of other areas tells nothing', async () => {
    const at = (area: string) =>
      district.change([
        { kind: 'area', area: { code: area, name: area, parent: null } },
        {
          kind: 'point',
          point: { ...district.core.register.point('GAS-7' as never), code: 'GAS-7', area },
        },
      ] as never);
    await district.value('gas', 'GAS-7', 'ch4', 0);
    await at('341602');
    for (let i = 0; i < 3; i++) {
      await district.value('gas', 'GAS-7', 'ch4', 60);
      await district.pass(minutes(1));
    }
    await settle(() => up.office.one('city')?.queued.live === 0);
    const listed = (await city.ask('alarms')).json.items;
    expect(listed).toMatchObject([{ pointCode: 'GAS-7', areaCode: '341602', from: 'qiaocheng', level: 1 }]);
    const [alarm] = listed;
    const done = await city.ask('acknowledge', {
      params: { id: alarm.id },
      body: { seenRevision: alarm.revision, commandId: 'c1' },
    });
    expect([done.status, done.json.code]).toEqual([409, 'of-a-source']);
    const other = await city.ask('createToken', {
      body: { name: '涡阳县平台', role: 'platform', areas: ['341621'], expiresAt: null },
    });
    const item = (await district.journal.eventsAfter(0 as never, 1))[0];
    const body = {
      stream: 'x',
      items: [
        {
          number: 'live-1',
          at: '2026-06-01T00:00:00Z',
          object: 'alarm',
          content: { event: item?.event, after: item?.after },
        },
      ],
    };
    const told = await city.ask('feedUpstream', {
      params: { source: 'guoyang' },
      token: other.json.token,
      body,
    });
    expect(told.json.items).toMatchObject([{ is: 'rejected' }]);
  });

  test('a token of one district is no voice of another, until the other’s is taken back', async () => {
    const grants = { role: 'platform', areas: ['341602'], expiresAt: null } as const;
    const other = (await city.ask('createToken', { body: { name: '另一令牌', ...grants } })).json.token;
    const speak = () =>
      city.ask('feedUpstream', { ...SOURCE, token: other, body: { stream: 'x', items: [] } });
    const told = await speak();
    expect([told.status, told.json.code]).toEqual([403, 'source-of-another']);
    const counted = await city.ask('tallyUpstream', {
      ...SOURCE,
      token: other,
      body: { stream: 'x', day: '2026-06-01', objects: ['alarm'] },
    });
    expect(counted.json.code).toBe('source-of-another');
    await city.ask('removeToken', { params: { name: '谯城区平台' } });
    expect((await speak()).json).toEqual({ items: [] });
    // The district goes on with a new token of the old name.
    const again = await city.ask('createToken', { body: { name: '谯城区平台', ...grants } });
    const setup = up.office.one('city')?.setup;
    if (setup === undefined) throw new Error('the district has no city');
    await up.office.keep(setup, { secret: again.json.token });
  });

  test('readings are in the history of the city, and shown there at once where the point is registered', async () => {
    await district.value('gas', 'GAS-8', 'ch4', 3);
    const change = { ...district.core.register.point('GAS-8' as never), area: '341602' };
    await district.change([{ kind: 'point', point: change }] as never);
    for (let i = 0; i < 6; i++) await district.pass(minutes(0.5));
    await settle(() => up.office.one('city')?.queued.bulk === 0);
    const [latest] = (await city.ask('latestOfPoint', { params: { code: 'GAS-8' } })).json.items;
    expect(latest).toMatchObject({ metric: 'ch4', value: 3 });
    const now = city.flow.clock.now();
    await city.flow.stored('GAS-8', 'ch4');
    const q = { from: new Date(now - 3_600_000).toISOString(), to: new Date(now + 1_000).toISOString() };
    const kept = await city.ask('readings', { params: { code: 'GAS-8' }, query: { metric: 'ch4', ...q } });
    expect(kept.json.items).toMatchObject([{ value: 3 }]);
  });

  test('both count the same numbers, and the city sees its district', async () => {
    const day = '2026-06-01';
    const found = await up.office.reconciliation('city', day);
    if (!found.ok) throw new Error(found.error.code);
    expect(found.value.length).toBeGreaterThan(0);
    for (const d of found.value) expect(d.theirs).toEqual(d.ours);
    const { sources } = (await city.ask('upstreams')).json;
    expect(sources.find((s: { source: string }) => s.source === 'qiaocheng')).toMatchObject({
      silent: false,
      missing: 0,
      openAlarms: 1,
    });
    const tally = await city.ask('tallyUpstream', {
      ...SOURCE,
      body: { stream: 's', day, objects: ['alarm'] },
    });
    expect(tally.json.objects).toMatchObject([{ object: 'alarm', count: 1 }]);
  });
});

describe('a platform above', () => {
  let edge: EdgeHarness;
  const name = { params: { name: 'province' } };
  beforeAll(async () => {
    edge = await EdgeHarness.open();
  });
  afterAll(() => edge.close());

  test('is set up by whoever may, with secrets that nobody reads, and a profile that is there', async () => {
    const put = (more: object, token?: string) =>
      edge.ask('putUpstream', {
        ...name,
        body: { ...setup, ...more },
        ...(token === undefined ? {} : { token }),
      });
    expect((await put({ profile: 'nobody' })).json).toMatchObject({
      code: 'invalid',
      errors: [{ at: 'profile' }],
    });
    const other = await put({ profile: 'generic-json', objects: ['register'] });
    expect(other.json.errors[0].message).toContain('alarm、warning');
    expect((await put({ objects: ['reading'] })).json.errors[0].at).toBe('readings');
    const operator = await edge.person('wang', ['operator']);
    expect((await put({}, operator)).status).toBe(403);
    const kept = await put({ secrets: { secret: 'a-token' }, readings: { everyMinutes: 5 } });
    expect(kept.json).toMatchObject({
      name: 'province',
      secrets: ['secret'],
      readings: { everyMinutes: 5, mode: 'latest' },
    });
    const seen = await edge.ask('upstream', { ...name, token: operator });
    expect(seen.json).toMatchObject({ title: '市级平台', queued: { live: 0, bulk: 0 }, differences: 0 });
    expect(JSON.stringify([kept.json, seen.json])).not.toContain('a-token');
    const all = (await edge.ask('upstreams')).json;
    expect(all.profiles).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'district-to-city', inForce: true, faults: [] }),
      ]),
    );
    const elsewhere = {
      url: 'http://127.0.0.1:10',
      objects: ['alarm', 'order', 'reading'],
      readings: { everyMinutes: 5 },
    };
    expect((await put(elsewhere)).json.secrets).toEqual([]);
    expect(JSON.stringify(edge.audit.kept)).not.toContain('a-token');
  });

  test('has an outbox whose items are sent again, corrected and waived with a reason, and days that are explained', async () => {
    for (const device of ['GAS-1', 'GAS-2', 'GAS-3']) {
      await edge.flow.value('gas', device, 'ch4', 60);
      await edge.flow.pass(minutes(1));
      await edge.flow.value('gas', device, 'ch4', 60);
    }
    const listed = await edge.ask('upstreamOutbox', { ...name, query: { state: 'queued', limit: 2 } });
    expect(listed.json.items.map((i: { id: string }) => i.id)).toEqual(['live-1', 'live-2']);
    const more = await edge.ask('upstreamOutbox', {
      ...name,
      query: { state: 'queued', after: listed.json.next },
    });
    expect(more.json.items.map((i: { id: string }) => i.id)).toEqual(['live-3']);
    const of = (id: string) => ({ params: { name: 'province', id } });
    const reason = { reason: '对方已有' };
    expect((await edge.ask('waiveUpItem', { ...of('live-1'), body: reason })).json).toMatchObject({
      state: 'waived',
      acts: [{ did: 'waived', reason: '对方已有' }],
    });
    expect((await edge.ask('waiveUpItem', { ...of('live-1'), body: reason })).status).toBe(404);
    expect((await edge.ask('waiveUpItem', { ...of('live-2'), body: {} })).json.code).toBe('invalid');
    const corrected = { ...reason, set: { xzqh: '341602' } };
    expect((await edge.ask('correctUpItem', { ...of('live-2'), body: corrected })).json).toMatchObject({
      state: 'queued',
      set: { xzqh: '341602' },
    });
    expect((await edge.ask('retryUpItem', { ...of('live-3'), body: reason })).json.state).toBe('queued');
    const all = (await edge.ask('upstreamOutbox', name)).json.items;
    expect(all.map((i: { id: string; state: string }) => `${i.id} ${i.state}`)).toEqual([
      'live-3 queued',
      'live-2 queued',
      'live-1 waived',
    ]);
    const past = { from: '2026-05-01T00:00:00Z', to: '2026-05-01T01:00:00Z' };
    expect((await edge.ask('backfillUpstream', { ...name, body: past })).json).toEqual({ items: 12 });
    expect(
      (await edge.ask('backfillUpstream', { ...name, body: { ...past, to: '2026-09-01T00:00:00Z' } })).json
        .code,
    ).toBe('invalid');
    const day = '2026-06-01';
    const found = (await edge.ask('upstreamReconciliation', { ...name, query: {} })).json.items;
    expect(found).toMatchObject([
      { object: 'alarm', state: 'unanswered', ours: { count: 2 }, owed: 2, waived: 1 },
      { object: 'reading', ours: { count: 12 } },
    ]);
    // Of a day that is over it is kept, and explained.
    await edge.flow.pass(hours(25));
    edge.token = await edge.enter('admin', PASSWORD);
    expect((await edge.ask('upstreamReconciliation', { ...name, query: { day } })).json.items).toHaveLength(
      2,
    );
    const said = { day, object: 'alarm', reason: '对方停机检修' };
    expect((await edge.ask('explainDifference', { ...name, body: said })).json).toMatchObject({
      state: 'explained',
      explained: { reason: '对方停机检修' },
    });
    expect(
      (await edge.ask('explainDifference', { ...name, body: { ...said, object: 'warning' } })).status,
    ).toBe(404);
    const left = Object.keys((await import('../../../src/wire/http/upstream/routes.ts')).UPSTREAM_ROUTES);
    expect(left.filter((r) => !edge.asked.has(r as never)).sort()).toEqual(['feedUpstream', 'tallyUpstream']);
  });
});
