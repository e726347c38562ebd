import Ajv, { type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { openapi } from '../../src/wire/http/documents/openapi.ts';
import type { RouteSpec } from '../../src/wire/http/route.ts';
import { ROUTES } from '../../src/wire/http/routes.ts';

type Body = { readonly schema: object; readonly example?: unknown };
type Operation = {
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly in: string;
    readonly schema: object;
    readonly example?: unknown;
  }[];
  readonly requestBody?: { readonly content: Record<string, Body> };
  readonly responses: Record<string, { readonly content?: Record<string, Body> }>;
};
const api = openapi('1.2.3') as {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
};
const operations = (Object.entries(ROUTES) as [string, RouteSpec][]).map(([name, route]) => ({
  name,
  route,
  operation: api.paths[route.path]?.[route.method.toLowerCase()] as Operation,
}));

const ajv = new Ajv.default({ strict: false, validateFormats: false });
ajv.addSchema({ ...api, $id: 'https://api.example/' });
const compiled = new Map<string, ValidateFunction>();
/** What is wrong with an example by its own schema, whose references lead into the document. */
function wrong(at: string, { schema, example }: Body): string[] {
  const text = JSON.stringify(schema).replaceAll('"#/components', '"https://api.example/#/components');
  const check = compiled.get(text) ?? ajv.compile(JSON.parse(text));
  compiled.set(text, check);
  return check(example) ? [] : (check.errors ?? []).map((e) => `${at}${e.instancePath} ${e.message}`);
}

describe('examples in /openapi.json', () => {
  test('are on every body in JSON, in and out, and of everything in a path', () => {
    const bare = operations.flatMap(({ name, operation }) =>
      [
        ...(operation.parameters ?? []).filter((p) => p.in === 'path'),
        ...[operation.requestBody, ...Object.values(operation.responses)].flatMap((b) =>
          Object.entries(b?.content ?? {})
            .filter(([media]) => /json/.test(media))
            .map(([, body]) => body),
        ),
      ]
        .filter((x) => x.example === undefined)
        .map(() => name),
    );
    expect(bare).toEqual([]);
  });

  test('are what their schemas say', () => {
    const faults = operations.flatMap(({ name, operation }) => [
      ...(operation.parameters ?? []).filter((p) => p.in === 'path').flatMap((p) => wrong(`${name} path`, p)),
      ...[operation.requestBody, ...Object.values(operation.responses)].flatMap((b) =>
        Object.entries(b?.content ?? {})
          .filter(([media]) => /json/.test(media))
          .flatMap(([, body]) => wrong(name, body)),
      ),
    ]);
    expect(faults).toEqual([]);
  });

  test('of what is sent are taken by the service’s own check', () => {
    const refused = operations.flatMap(({ name, route, operation }) => {
      if (route.body?.type !== 'json') return [];
      const said = route.body.schema.safeParse(operation.requestBody?.content['application/json']?.example);
      return said.success
        ? []
        : [`${name}: ${said.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`];
    });
    expect(refused).toEqual([]);
  });

  test('stand under tags that are explained, each used', () => {
    const used = new Set(operations.flatMap(({ operation }) => operation.tags));
    expect([...used].sort()).toEqual(api.tags.map((t) => t.name).sort());
  });
});
