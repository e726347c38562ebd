import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { givenValues, readConfig } from '../../src/config/read.ts';

const dir = mkdtempSync(join(tmpdir(), 'lifeline-config-'));
afterAll(() => rmSync(dir, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

const INFLUX = { LIFELINE_INFLUX_URL: 'http://127.0.0.1:8086', LIFELINE_INFLUX_BUCKET: 'lifeline' };

describe('the configuration', () => {
  test('needs nothing: every default is there', () => {
    const c = readConfig({ PATH: '/bin' });
    expect(c).toMatchObject({
      LIFELINE_DATA_DIR: './data',
      LIFELINE_HTTP_PORT: 8080,
      LIFELINE_MQTT_PORT: 1883,
      LIFELINE_AUTO_REGISTER: false,
    });
    expect(c.LIFELINE_ADMIN_PASSWORD).toBeUndefined();
  });

  test('has one AMQP queue or several, and says what one of them should be', () => {
    const [a, b] = ['amqps://k:s,1@h/q?mapping=huawei-iotda&sign=huawei', 'amqp://h/x?mapping=m&sign=aliyun'];
    expect(readConfig({ LIFELINE_AMQP_URL: `${a}\n ${b}\n` }).LIFELINE_AMQP_URL).toEqual([a, b]);
    for (const bad of ['amqp://h/x', `${a} amqp://h/x?mapping=m&sign=tencent`])
      expect(() => readConfig({ LIFELINE_AMQP_URL: bad })).toThrow('several with a space or a new line');
  });

  test('comes from a file of lines, which the environment overrides', () => {
    const at = file('lines.env', '# ports\nLIFELINE_HTTP_PORT=9000\nLIFELINE_MQTT_PORT=1999\n');
    const c = readConfig({ LIFELINE_CONFIG: at, LIFELINE_MQTT_PORT: '0' });
    expect([c.LIFELINE_HTTP_PORT, c.LIFELINE_MQTT_PORT]).toEqual([9000, 0]);
  });

  test.each([
    [
      'LIFELINE_HTTP_PORT=1\n\nLIFELINE_METRICS_ACCESS: role\n',
      /line 3: after LIFELINE_METRICS_ACCESS there is no "="; LIFELINE_METRICS_ACCESS=value would be right/,
    ],
    ['LIFELINE_ADMIN_PASSWORD topsecret\n', /line 1: after LIFELINE_ADMIN_PASSWORD there is no "="/],
    ['[service]\nLIFELINE_HTTP_PORT=1\n', /line 1: it is no KEY=value, and no comment beginning with #/],
    [
      'LIFELINE_HTTP_PORT=1\r\n# again\r\nLIFELINE_HTTP_PORT=2\r\n',
      /line 3: LIFELINE_HTTP_PORT stands in line 1 already/,
    ],
    ['{"LIFELINE_HTTP_PORT": [1]}', /LIFELINE_HTTP_PORT is a list; a text, number, true or false/],
    ['{"LIFELINE_HTTP_PORT": 1', /begins like JSON but is not/],
    ['L\0I\0F\0E\0', /no text in UTF-8/],
  ])('says where a file is not what it should be: %j', (text, says) => {
    const at = file('wrong.env', text);
    expect(() => readConfig({ LIFELINE_CONFIG: at })).toThrow(says);
    expect(() => readConfig({ LIFELINE_CONFIG: at })).not.toThrow(/topsecret/);
  });

  test('reads what editors write: a mark before the text, CRLF, export, comments, a value over several lines', () => {
    const text =
      '\uFEFFexport LIFELINE_HTTP_PORT = 9000 # the desk\r\nLIFELINE_MQTTS_CERT="-----BEGIN\nX: y\n-----END"\n';
    const at = file('bom.env', text);
    expect(givenValues({ LIFELINE_CONFIG: at })).toEqual({
      LIFELINE_HTTP_PORT: '9000',
      LIFELINE_MQTTS_CERT: '-----BEGIN\nX: y\n-----END',
    });
    const json = file('bom.json', '\uFEFF{"LIFELINE_HTTP_PORT": 9001}');
    expect(readConfig({ LIFELINE_CONFIG: json }).LIFELINE_HTTP_PORT).toBe(9001);
    const secret = file('bom.secret', '\uFEFFcorrect horse battery\r\n');
    expect(readConfig({ LIFELINE_ADMIN_PASSWORD_FILE: secret }).LIFELINE_ADMIN_PASSWORD).toBe(
      'correct horse battery',
    );
  });

  test('comes from a JSON file as well', () => {
    const at = file('c.json', '{"LIFELINE_HTTP_PORT": 9001, "LIFELINE_AUTO_REGISTER": true}');
    expect(readConfig({ LIFELINE_CONFIG: at })).toMatchObject({
      LIFELINE_HTTP_PORT: 9001,
      LIFELINE_AUTO_REGISTER: true,
    });
  });

  test('reads a secret from a file, without its last line break', () => {
    const at = file('secret', 'correct horse battery\n');
    expect(readConfig({ LIFELINE_ADMIN_PASSWORD_FILE: at }).LIFELINE_ADMIN_PASSWORD).toBe(
      'correct horse battery',
    );
  });

  test.each([
    { ...INFLUX, LIFELINE_INFLUX_ORG: 'city', LIFELINE_INFLUX_TOKEN: 't' },
    { ...INFLUX, LIFELINE_INFLUX_VERSION: '1' },
    { ...INFLUX, LIFELINE_INFLUX_VERSION: '1', LIFELINE_INFLUX_TOKEN: 'user:pass:word' },
    {
      ...INFLUX,
      LIFELINE_INFLUX_VERSION: '3',
      LIFELINE_INFLUX_URL: 'https://influx.city:8181/behind/a/path',
    },
  ])('%o names an InfluxDB', (env) => {
    expect(readConfig(env)).toMatchObject({ LIFELINE_INFLUX_VERSION: '2', ...env });
  });

  test.each([
    [{ LIFELINE_HTTP_PROT: '80' }, /LIFELINE_HTTP_PROT is not a key .* did you mean LIFELINE_HTTP_PORT\?/],
    [{ LIFELINE_HTTP_PORT: 'eighty' }, /LIFELINE_HTTP_PORT: "eighty" is not right; it should be a port/],
    [{ LIFELINE_HTTP_PORT: '70000' }, /a port, 0…65535/],
    [{ LIFELINE_AUTO_REGISTER: 'yes' }, /"yes" is not right; it should be true or false/],
    [
      { LIFELINE_MQTT_URL: 'http://127.0.0.1' },
      /its value is not right; it should be mqtt:\/\/user:password@host/,
    ],
    [{ LIFELINE_MQTT_URL: 'mqtt://a, tcp://b' }, /several separated by commas/],
    [
      { LIFELINE_INFLUX_URL: '127.0.0.1:8086' },
      /"127.0.0.1:8086" is not right; it should be http:\/\/host:port/,
    ],
    [{ LIFELINE_INFLUX_URL: 'http://u:p@127.0.0.1' }, /without user and password in it/],
    [{ LIFELINE_INFLUX_URL: 'http://127.0.0.1:8086' }, /InfluxDB 2 also needs LIFELINE_INFLUX_BUCKET/],
    [{ ...INFLUX, LIFELINE_INFLUX_ORG: 'city' }, /InfluxDB 2 also needs LIFELINE_INFLUX_TOKEN/],
    [{ ...INFLUX, LIFELINE_INFLUX_VERSION: '4' }, /"4" is not right; it should be 1, 2 or 3/],
    [
      { ...INFLUX, LIFELINE_INFLUX_VERSION: '1', LIFELINE_INFLUX_TOKEN: 'secret' },
      /LIFELINE_INFLUX_TOKEN: its value is not right; for InfluxDB 1 it should be user:password/,
    ],
    [{ LIFELINE_INFLUX_TOKEN: 't' }, /LIFELINE_INFLUX_TOKEN is set, but LIFELINE_INFLUX_URL is not/],
    [
      { LIFELINE_DATABASE_URL: 'mysql://secret@x/y' },
      /LIFELINE_DATABASE_URL: its value is not right; it should be postgres:\/\//,
    ],
    [
      { LIFELINE_MQTT_ANONYMOUS: 'true', LIFELINE_MQTT_HOST: '0.0.0.0' },
      /only while LIFELINE_MQTT_HOST is a loopback address/,
    ],
    [{ LIFELINE_ADMIN_PASSWORD: 'short' }, /its value is not right; it should be at least 8 characters/],
    [{ LIFELINE_CONFIG: '/nowhere/at/all' }, /cannot be read \(ENOENT\)/],
    [
      { LIFELINE_ADMIN_PASSWORD_FILE: '/nowhere/at/all' },
      /LIFELINE_ADMIN_PASSWORD_FILE names .* cannot be read/,
    ],
    [
      { LIFELINE_ADMIN_PASSWORD: 'x'.repeat(9), LIFELINE_ADMIN_PASSWORD_FILE: '/x' },
      /both set; set one of them/,
    ],
  ])('%o stops the start with one line that says what would be right', (env, says) => {
    let message = '';
    try {
      readConfig(env);
    } catch (e) {
      message = (e as Error).message;
    }
    expect(message).toMatch(says);
    expect(message).not.toContain('\n');
  });

  test('a secret is never repeated in the message', () => {
    expect(() => readConfig({ LIFELINE_ADMIN_PASSWORD: 'geheim' })).toThrow(/its value/);
  });
});
