import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MappingsDir } from '../../src/adapters/mappings-dir/index.ts';
import { checkMappings } from '../../src/commands/doctor/checks/mappings.ts';

let dir: string;
let said: unknown[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mappings-'));
  mkdirSync(join(dir, 'shipped'));
  mkdirSync(join(dir, 'own'));
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

const mapping = (name: string, zone = '+08:00') =>
  JSON.stringify(
    { name, protocol: 'json', zone, station: { at: 'id' }, values: { take: { a: 'ch4' } } },
    null,
    2,
  );
const write = (where: string, name: string, text: string) =>
  writeFileSync(join(dir, where, `${name}.json`), text);
const open = () =>
  new MappingsDir({
    shipped: join(dir, 'shipped'),
    own: join(dir, 'own'),
    log: { info: () => undefined, warn: (_, fields) => said.push(fields), error: () => undefined },
    faultsOf: () => [],
  });
const inForce = (of: MappingsDir) => of.list().map((f) => [f.name, f.from, f.inForce?.zone ?? null]);

test('the own one goes before the one that shipped; cases and strange names are none', () => {
  write('shipped', 'a', mapping('a'));
  write('shipped', 'b', mapping('b'));
  write('own', 'a', mapping('a', '+09:00'));
  write('own', 'a.cases', '{}');
  write('own', 'Strange Name', mapping('x'));
  expect(inForce(open())).toEqual([
    ['a', 'own', '+09:00'],
    ['b', 'shipped', '+08:00'],
  ]);
});

test('a bad one stops nothing: at a start what shipped is in force, later what was; its line is said', () => {
  write('shipped', 'a', mapping('a'));
  write('own', 'a', mapping('a').replace('"station"', '"statoin"'));
  write('own', 'c', '{\n  "name": "c",\n');
  const mappings = open();
  expect(inForce(mappings)).toEqual([
    ['a', 'own', '+08:00'],
    ['c', 'own', null],
  ]);
  expect(mappings.of('a')?.faults.map((f) => f.line)).toContain(5);
  expect(JSON.stringify(said)).toContain('line 3');
  write('own', 'a', mapping('a', '+07:00'));
  mappings.reload();
  expect(mappings.of('a')).toMatchObject({ inForce: { zone: '+07:00' }, faults: [] });
  write('own', 'a', 'no JSON');
  mappings.reload();
  expect(mappings.of('a')?.inForce).toMatchObject({ zone: '+07:00' });
  rmSync(join(dir, 'own/a.json'));
  mappings.reload();
  expect(mappings.of('a')).toMatchObject({ from: 'shipped', inForce: { zone: '+08:00' } });
});

test('what is put is in force at once, and is there after a start; a bad one is not kept', () => {
  rmSync(join(dir, 'own'), { recursive: true });
  const mappings = open();
  expect(mappings.put('n', mapping('n', '+05:00')).ok).toBe(true);
  expect(mappings.of('n')?.inForce?.zone).toBe('+05:00');
  expect(mappings.put('n', mapping('other')).ok).toBe(false);
  expect(mappings.put('n', '{').ok).toBe(false);
  expect(inForce(open())).toEqual([['n', 'own', '+05:00']]);
  expect(readFileSync(join(dir, 'own/n.json'), 'utf8')).toBe(mapping('n', '+05:00'));
});

test('doctor names the line of each fault, metrics that no lifeline has, and cases that no longer hold', () => {
  const findings = () =>
    checkMappings(join(dir, 'shipped'), join(dir, 'own')).map((f) => [f.verdict, f.says]);
  write('shipped', 'a', mapping('a'));
  write('own', 'b', mapping('b'));
  expect(findings()).toEqual([['ok', '1 shipped, 1 of this installation, none with a fault']]);
  const holds = (value: number) => ({
    name: `ch4 is ${value}`,
    register: { D: 'gas' },
    json: { id: 'D', a: 1 },
    expect: { readings: [{ device: 'D', metric: 'ch4', value }], flaws: ['unknown-code'] },
  });
  write('own', 'b.cases', JSON.stringify({ cases: [holds(1), holds(2), holds(1)] }));
  expect(findings()).toContainEqual(['bad', 'b.cases.json: ch4 is 2 no longer holds']);
  write('own', 'c', mapping('c').replace('"ch4"', '"ch44"'));
  expect(findings().flat().join()).toContain(
    'c.json is not in force: line 10: values.take.a "ch44" is no metric',
  );
});
