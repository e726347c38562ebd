import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
let maintainer: string;

beforeAll(async () => {
  edge = await EdgeHarness.open();
  maintainer = await edge.person('ma', ['maintainer'], ['341602']);
});
afterAll(() => edge.close());

// In any order: what is referred to stands below.
const FILE = `类型;编码;名称;单位类别;所属单位;岗位;手机号;负责区域;负责专项;上级区域;区域;权属单位编码;业务专项;设施
联系人;wang;王建国;;gas-co;值班;13812345678;;;;;;;
联系人;zhao;赵敏;;gas-co;带班;;;;;;;;
联系人;li;李强;;crew-1;member;;;;;;;;
监测点;P-1;一号井;;;;;;;;341602;;燃气;W-1
监测点;P-2;二号井;;;;;;;;341602;crew-1;燃气;W-1
设施;W-1;井;;;;;;;;341602;gas-co;燃气;
单位;crew-1;抢修一队;处置队伍;;;;;;;;;;
单位;gas-co;亳州燃气;权属单位;;;;3416；341602;燃气;;;;;
区域;341602;谯城区;;;;;;;3416;;;;
区域;3416;亳州市;;;;;;;;;;;
`;
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('a register file with units and people', () => {
  test('is tried, taken and taken again alike, however spreadsheets write it', async () => {
    const tried = await edge.ask('importRegister', { csv: FILE, query: { dryRun: 'true' } });
    expect(tried.json).toMatchObject({ dryRun: true, rows: 10, created: 10, failed: 0, errors: [] });
    expect((await edge.ask('units')).json.items).toEqual([]);
    const done = await edge.ask('importRegister', { csv: utf16(FILE.replaceAll(';', '\t')) });
    expect(done.json).toMatchObject({ dryRun: false, rows: 10, created: 10, failed: 0 });
    const again = await edge.ask('importRegister', { csv: FILE });
    expect(again.json).toMatchObject({ created: 0, updated: 0, unchanged: 10 });
    expect((await edge.ask('units')).json.items).toMatchObject([
      { code: 'crew-1', kind: 'crew', areas: [] },
      { code: 'gas-co', kind: 'owner', areas: ['3416', '341602'], lifelines: ['gas'] },
    ]);
  });

  test('a point belongs to the unit of its asset, where it says none of its own', async () => {
    const of = async (code: string) => (await edge.ask('point', { params: { code } })).json.ownerUnit;
    expect([await of('P-1'), await of('P-2')]).toEqual(['gas-co', 'crew-1']);
    const told = async (point: string) =>
      (await edge.ask('explainNotices', { query: { point, level: 1 } })).json.rungs[1].misses;
    await edge.ask('createChannel', {
      body: { id: 'hook', kind: 'webhook', name: 'h', config: HOOK, secrets: { secret: 's' } },
    });
    expect(await told('P-1')).toEqual([]);
    // The crew has no one on duty: only a member.
    expect(await told('P-2')).toMatchObject([{ why: 'nobody-in-post', unit: 'crew-1' }]);
    const asset = { params: { code: 'W-1' }, body: { ownerUnit: 'nobody' } };
    expect((await edge.ask('changeAsset', asset)).json.code).toBe('unknown-reference');
  });

  test('names every fault of a row, and uses the good ones', async () => {
    const { json } = await edge.ask('importRegister', {
      headers: { 'accept-language': 'en' },
      csv: `kind,code,name,unitKind,unit,post,mobile,email,areas,parent
unit,owner,x,castle,,,,,9999,
unit,a,A,crew,,,,,,b
unit,b,B,crew,,,,,,a
contact,q,Q,,nowhere,,12,not-mail,,
contact,new,新,,gas-co,duty,13900000000,,,
contact,zhao,,,,,13700000000,,,
`,
    });
    expect(
      json.errors.map((e: { row: number; column: string; code: string }) => [e.row, e.column, e.code]),
    ).toEqual([
      [2, 'code', 'code-bad'],
      [2, 'unitKind', 'word-unknown'],
      [3, 'parent', 'unit-circle'],
      [4, 'parent', 'unit-unknown'],
      [5, 'mobile', 'mobile-bad'],
      [5, 'email', 'email-bad'],
    ]);
    expect(json).toMatchObject({ rows: 6, created: 1, updated: 1, failed: 4 });
    const { items } = (await edge.ask('contacts', { query: { unit: 'gas-co' } })).json;
    // What a row leaves empty stays as it was.
    expect(items).toMatchObject([{ id: 'new' }, { id: 'wang' }, { name: '赵敏', post: 'leader' }]);
  });

  test('comes out as it went in, numbers only for who may call and asks for them', async () => {
    const plain = await edge.ask('exportRegister', { query: { header: 'zh' } });
    expect(plain.text).toContain('contact,wang');
    expect(plain.text).not.toContain('13812345678');
    const whole = await edge.ask('exportRegister', { query: { mobiles: 'true' } });
    expect(whole.text).toContain('13812345678');
    expect(edge.audit.kept.at(-1)).toMatchObject({ what: 'register.exportRegister' });
    for (const { text } of [plain, whole]) {
      const { json } = await edge.ask('importRegister', { csv: text });
      expect(json).toMatchObject({ created: 0, updated: 0, failed: 0 });
    }
  });

  test('of somebody bound to a district brings and takes away no people', async () => {
    const mine = { token: maintainer };
    const { json } = await edge.ask('importRegister', {
      ...mine,
      csv: 'kind,code,name,unitKind\nunit,u,U,crew\n',
    });
    expect(json.errors).toMatchObject([{ row: 2, code: 'not-permitted' }]);
    expect((await edge.ask('exportRegister', mine)).text).not.toContain('wang');
    const asked = await edge.ask('exportRegister', { ...mine, query: { mobiles: 'true' } });
    expect(asked.json.code).toBe('not-permitted');
  });
});

const HOOK = { url: 'https://hook.example/' };
const day = (n: number, hour: string) => {
  const at = new Date(edge.flow.clock.now() + n * 86_400_000 + 8 * 3_600_000);
  return `${at.toISOString().slice(0, 10)} ${hour}`;
};
const unit = { params: { unit: 'gas-co' } };

describe('a roster file', () => {
  test('names people by id or by name, says every fault of a row, and adds the good ones', async () => {
    const csv = `开始时间,结束时间,值班人员,带班领导
${day(1, '08:00')},${day(2, '08:00')},王建国、new,zhao
${day(2, '08:00')},${day(1, '08:00')},谁,
08:00,tomorrow,wang,nobody
${day(1, '08:00')},${day(2, '08:00')},wang,
`;
    const tried = await edge.ask('importRoster', { ...unit, csv, query: { dryRun: 'true' } });
    const { json } = await edge.ask('importRoster', { ...unit, csv });
    expect({ ...tried.json, dryRun: false }).toEqual(json);
    expect(
      json.errors.map((e: { row: number; column: string; code: string }) => [e.row, e.column, e.code]),
    ).toEqual([
      [3, 'duty', 'contact-unknown'],
      [4, 'from', 'time-bad'],
      [4, 'to', 'time-bad'],
      [4, 'leader', 'contact-unknown'],
      [5, 'from', 'row-repeats'],
    ]);
    expect(json).toMatchObject({ rows: 4, created: 1, failed: 3 });
    expect((await edge.ask('roster', unit)).json.shifts).toMatchObject([
      { duty: ['wang', 'new'], leader: ['zhao'] },
    ]);
    const back = { ...unit, csv: `from,to,duty\n${day(3, '08:00')},${day(2, '08:00')},\n` };
    expect((await edge.ask('importRoster', back)).json.errors).toMatchObject([
      { row: 2, column: 'to', code: 'ends-before-it-begins' },
      { row: 2, column: 'duty', code: 'names-nobody' },
    ]);
  });

  test('in place of the whole roster changes nothing unless all of it is good', async () => {
    const whole = { ...unit, query: { replace: 'true' } };
    const bad = await edge.ask('importRoster', {
      ...whole,
      csv: `from,to,duty\n${day(5, '08:00')},x,wang\n`,
    });
    expect(bad.json).toMatchObject({ created: 0, dropped: 0, failed: 1 });
    const back = `from,to,duty\n${day(5, '08:00')},${day(4, '08:00')},wang\n`;
    expect((await edge.ask('importRoster', { ...whole, csv: back })).json).toMatchObject({
      dropped: 0,
      failed: 1,
    });
    expect((await edge.ask('roster', unit)).json.shifts).toHaveLength(1);
    const good = `from,to,duty\n${day(5, '08:00')},${day(6, '08:00')},wang\n`;
    const { json } = await edge.ask('importRoster', { ...whole, csv: good });
    expect(json).toMatchObject({ created: 1, dropped: 1, failed: 0 });
    expect(json.findings).not.toEqual([]);
  });

  test('comes out as it went in', async () => {
    const { text } = await edge.ask('exportRoster', { ...unit, query: { header: 'zh' } });
    expect(text).toMatch(/^\ufeff开始,结束,值班,带班\r\n/);
    expect((await edge.ask('importRoster', { ...unit, csv: text })).json).toMatchObject({
      unchanged: 1,
      created: 0,
    });
    expect((await edge.ask('exportRoster', { params: { unit: 'nowhere' } })).status).toBe(404);
  });
});
