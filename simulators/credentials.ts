import { BadArguments } from './arguments.ts';

/**
 * Secrets by device code, from `code,secret` as `POST /api/v1/credentials` and `npm run device -- add --csv` give them.
 *
 * @throws BadArguments where a line is no such pair
 */
export function readCredentials(text: string, file: string): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '' || (i === 0 && /^"?code"?,/i.test(line))) continue;
    const [, code, secret] = /^"?([\w:-]{1,64})"?,"?([^",\s]+)"?\s*$/.exec(line) ?? [];
    if (code === undefined || secret === undefined)
      throw new BadArguments(
        `--credentials ${file}: line ${i + 1} is not code,secret as POST /api/v1/credentials gives it`,
      );
    secrets.set(code, secret);
  }
  if (secrets.size === 0) throw new BadArguments(`--credentials ${file}: there is no code,secret in it`);
  return secrets;
}
