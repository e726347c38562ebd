import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ATTACHMENT_TYPES } from '../../../domain/response/attachment.ts';
import { DRAWING_TYPES } from '../../../wire/files/drawing.ts';
import { MEDIA } from '../../../wire/http/documents/openapi.ts';
import { HttpProblem } from '../answer/problem.ts';
import { TYPES } from '../answer/problem-of-error.ts';

/** A body as it came in, before the route says what it should be. */
export type Body =
  | { readonly is: 'json'; readonly value: unknown }
  | { readonly is: 'form'; readonly value: unknown }
  | { readonly is: 'raw'; readonly bytes: Uint8Array }
  | { readonly is: 'csv'; readonly bytes: Uint8Array }
  | { readonly is: 'file'; readonly bytes: Uint8Array; readonly media: string };

const CSV = ['text/csv', 'application/csv', 'application/vnd.ms-excel'];
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON, CSV, and files of the types that are kept beside orders, and nothing else. JSON by our own hand: invalid UTF-8 is an error and not U+FFFD, and
 * `__proto__` is only a strange key, because nothing here is merged into anything and the schemas are strict.
 */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (takesBytes(request)) {
      done(null, { is: 'raw', bytes: bytes as Buffer } satisfies Body);
      return;
    }
    // Clients that say "JSON" with everything say it with nothing too; the route knows whether it wants some.
    if (bytes.length === 0) {
      done(null, undefined);
      return;
    }
    try {
      done(null, { is: 'json', value: parse(bytes as Buffer) } satisfies Body);
    } catch (problem) {
      done(problem as Error);
    }
  });
  // A form is what any page can make a browser send: for routes that ask for one, and no other.
  app.addContentTypeParser(MEDIA.form, { parseAs: 'buffer' }, (request, bytes, done) => {
    const { takesForm } = request.routeOptions.config as { takesForm?: boolean };
    if (takesForm !== true) {
      done(new HttpProblem('unsupported-media-type', { detail: TYPES }));
      return;
    }
    const value = Object.fromEntries(new URLSearchParams((bytes as Buffer).toString('utf8')));
    done(null, { is: 'form', value } satisfies Body);
  });
  // Some platforms push JSON and call it text.
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (takesBytes(request)) done(null, { is: 'raw', bytes: bytes as Buffer } satisfies Body);
    else done(new HttpProblem('unsupported-media-type', { detail: TYPES }));
  });
  // What browsers on Windows call a CSV file depends on whether Excel is installed.
  app.addContentTypeParser(CSV, { parseAs: 'buffer' }, (_request, bytes, done) => {
    done(null, { is: 'csv', bytes: bytes as Buffer } satisfies Body);
  });
  app.addContentTypeParser(
    [...ATTACHMENT_TYPES, ...DRAWING_TYPES],
    { parseAs: 'buffer' },
    (request, bytes, done) => {
      const [media = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
      done(null, { is: 'file', bytes: bytes as Buffer, media: media.trim() } satisfies Body);
    },
  );
}

const takesBytes = (request: FastifyRequest): boolean =>
  (request.routeOptions.config as { takesBytes?: boolean }).takesBytes === true;

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new HttpProblem('not-utf8');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem('not-json');
  }
}
