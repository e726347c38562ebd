import { describe, expect, test } from 'vitest';
import { readConfig, shownConfig } from '../../src/config/read.ts';

describe('the keys of people and the edge', () => {
  test('lists are one line, and empty where nothing is said', () => {
    expect(readConfig({})).toMatchObject({
      LIFELINE_SECOND_FACTOR_ROLES: [],
      LIFELINE_TRUSTED_PROXIES: [],
      LIFELINE_SESSION_HOURS: 12.5,
      LIFELINE_SESSION_IDLE_MINUTES: 0,
      LIFELINE_SHELVE_LEVEL_1: 'two-persons',
    });
    const c = readConfig({
      LIFELINE_SECOND_FACTOR_ROLES: 'auditor, system-admin',
      LIFELINE_TRUSTED_PROXIES: '10.0.0.5,10.1.0.0/16',
      LIFELINE_TRUSTED_ORIGINS: 'https://watch.example.gov.cn',
    });
    expect(c.LIFELINE_SECOND_FACTOR_ROLES).toEqual(['auditor', 'system-admin']);
    expect(c.LIFELINE_TRUSTED_PROXIES).toEqual(['10.0.0.5', '10.1.0.0/16']);
    expect(c.LIFELINE_TRUSTED_ORIGINS).toEqual(['https://watch.example.gov.cn']);
  });

  test.each([
    ['LIFELINE_SECOND_FACTOR_ROLES', 'auditor,emperor', 'roles separated by commas'],
    ['LIFELINE_TRUSTED_PROXIES', 'everybody', 'addresses or networks'],
    ['LIFELINE_TRUSTED_ORIGINS', 'watch.example.gov.cn/page', 'origins separated by commas'],
    ['LIFELINE_AUDIT_KEEP_DAYS', '30', '180'],
    ['LIFELINE_PASSWORD_PROFILE', 'none', 'dengbao or asvs'],
    ['LIFELINE_LOGIN_TRIES', '1000', '3…100'],
  ])('%s=%s stops the start, and says what would be right', (key, value, right) => {
    expect(() => readConfig({ [key]: value })).toThrow(right);
  });

  test('as told to the audit journal it shows no secret', () => {
    const shown = shownConfig(readConfig({ LIFELINE_ADMIN_PASSWORD: 'Korrekt-Pferd-9' }));
    expect(shown.LIFELINE_ADMIN_PASSWORD).toBe('***');
    expect(JSON.stringify(shown)).not.toContain('Pferd');
  });
});
