import { parseEnv } from 'node:util';
import { KEYS } from '../../config/keys.ts';

/**
 * The configuration as lines of KEY=value, as `LIFELINE_CONFIG` takes them. Secrets, also a password within
 * an address, stay out of it unless they are asked for; the name of a file that holds one is no secret.
 */
export function configurationText(
  given: Readonly<Record<string, string | undefined>>,
  withSecrets: boolean,
): string {
  const lines = Object.entries(given)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      if (!withSecrets && isSecret(name, value))
        return `# ${name} is a secret and was not saved: set it anew.`;
      return lineOf(name, value) ?? `# ${name} has a value that cannot stand in a line: set it anew.`;
    });
  return ['# The configuration in force when this backup was made.', ...lines, ''].join('\n');
}

function isSecret(name: string, value: string): boolean {
  const key = (KEYS as Record<string, { secret?: true }>)[name];
  return key?.secret === true || /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(value);
}

function lineOf(name: string, value: string): string | null {
  const ways = [value, `'${value}'`, `"${value}"`, `\`${value}\``].map((written) => `${name}=${written}`);
  return ways.find((line) => !value.includes('\n') && parseEnv(line)[name] === value) ?? null;
}
