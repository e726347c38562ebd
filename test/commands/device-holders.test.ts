import { expect, test } from 'vitest';
import { mustBeRegistered } from '../../src/commands/device/holders.ts';
import { as } from '../../src/domain/ids.ts';
import type { RegisterChange } from '../../src/domain/register/register.ts';

const device = (code: string): RegisterChange => ({
  kind: 'device',
  device: {
    code: as.device(code),
    lifeline: as.lifeline('gas'),
    point: null,
    vendor: null,
    serial: null,
    installedAt: null,
    unverified: false,
  },
});

test('a credential is for a device of the register, or for a system; while there is no device it may come first', () => {
  const known = [device('GAS-0001'), device('GAS-0002')];
  expect(() => mustBeRegistered(known, ['GAS-0001', 'system:gis'])).not.toThrow();
  expect(() => mustBeRegistered(known, ['GAS-0001', 'GAS-001'])).toThrow(
    /device GAS-001 is not in the register; did you mean GAS-0001\?; nothing was issued/,
  );
  expect(() => mustBeRegistered(known, ['PUMP-9'])).toThrow(
    /PUMP-9 is not in the register; nothing was issued/,
  );
  expect(() => mustBeRegistered([], ['GAS-001'])).not.toThrow();
});
