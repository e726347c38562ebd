import type { UpstreamSecrets, UpstreamSetup } from '../../domain/upstream/setup.ts';
import { LineTrouble } from '../../flow/ports/upstream/line.ts';
import type { UpstreamProfile } from '../../wire/upstream/profile.ts';
import { type OutAnswer, type OutDoor, OutRefused } from '../shared/out-door.ts';
import { signed } from './sign.ts';

/** A snapshot of a city's register, or ten thousand readings, need longer than a message to a person. */
const WITHIN = 20_000;

export type LineTools = {
  readonly door: OutDoor;
  /** The world's time: receivers hold a signature against it. */
  readonly wall: () => number;
  /** Never the same twice. */
  readonly nonce: () => string;
  /** A PEM file beside the profile. */
  readonly fileOf: (name: string) => string;
};

export type Ask = {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly type: string;
  readonly body: string;
  /** Of a form: its body is made of them and of those of the signature. */
  readonly fields: readonly (readonly [string, string])[];
  readonly signal: AbortSignal;
};

/** Asks a receiver through the one door of the house, signed as its profile wants it. */
export class UpstreamCall {
  readonly #given: {
    readonly setup: UpstreamSetup;
    readonly secrets: UpstreamSecrets;
    readonly profile: UpstreamProfile;
    readonly tools: LineTools;
  };

  constructor(given: {
    readonly setup: UpstreamSetup;
    readonly secrets: UpstreamSecrets;
    readonly profile: UpstreamProfile;
    readonly tools: LineTools;
  }) {
    this.#given = given;
  }

  /** @throws LineTrouble without a secret in it */
  async ask({ method, path, type, body, fields, signal }: Ask): Promise<OutAnswer> {
    const { setup, secrets, profile, tools } = this.#given;
    const { auth } = profile;
    const url = new URL(
      setup.url.replace(/\/$/, '') + path.replaceAll('{source}', encodeURIComponent(setup.source)),
    );
    const plain = fields.length > 0 ? formText(fields) : body;
    const sign = signed(auth, secrets, {
      method,
      path: url.pathname + url.search,
      body: plain,
      fields,
      now: tools.wall(),
      nonce: tools.nonce(),
    });
    const more = formText(sign.fields);
    try {
      const answer = await tools.door.request({
        method,
        url,
        headers: { 'content-type': type, accept: 'application/json', ...sign.headers },
        body: more === '' ? plain : `${plain}&${more}`,
        signal,
        within: WITHIN,
        ...(auth.kind === 'mtls'
          ? { client: { cert: tools.fileOf(auth.cert), key: tools.fileOf(auth.key) } }
          : {}),
      });
      return { ...answer, body: this.#without(answer.body) };
    } catch (cause) {
      throw new LineTrouble(this.#without(kindOf(cause)));
    }
  }

  /** Whatever a receiver or a library says, a secret is not in it. */
  #without(said: string): string {
    let clean = said;
    for (const secret of Object.values(this.#given.secrets))
      if (secret !== undefined && secret.length > 3)
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
          clean = clean.replaceAll(form, '***');
    return clean;
  }
}

const formText = (fields: Ask['fields']): string =>
  new URLSearchParams(fields.map(([n, v]): [string, string] => [n, v])).toString();

/** Only what kind of thing it was: messages of libraries name addresses with their tokens. */
function kindOf(cause: unknown): string {
  if (cause instanceof OutRefused) return cause.message;
  const { code, name, cause: inner } = cause as NodeJS.ErrnoException & { cause?: { code?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  return code ?? inner?.code ?? name ?? 'no answer';
}
