import { z } from 'zod';

type Json = Record<string, unknown>;

/**
 * Turns zod schemas into JSON Schema and gathers the named ones, so that a document says each shape once.
 * What the service takes in and what it gives out are different sides of a schema: defaults, times as text.
 */
export class SchemaBook {
  readonly #named = new Map<string, Json>();

  in(schema: z.ZodType): Json {
    return this.#write(schema, 'input');
  }

  out(schema: z.ZodType): Json {
    return this.#write(schema, 'output');
  }

  /** For `components/schemas`, in order of name. */
  named(): Json {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #write(schema: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $schema: _,
      $defs,
      ...body
    } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' }) as Json;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
      this.#named.set(name, plain(definition) as Json);
    }
    return plain(body) as Json;
  }
}

/** References point into the document; the pattern that zod adds to a date-time says nothing that the format does not. */
function plain(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(plain);
  if (typeof x !== 'object' || x === null) return x;
  const entries = Object.entries(x)
    .filter(([k, v]) => !(k === 'pattern' && typeof v === 'string' && 'format' in x))
    .map(([k, v]) => [
      k,
      k === '$ref' && typeof v === 'string' ? v.replace('#/$defs/', '#/components/schemas/') : plain(v),
    ]);
  return Object.fromEntries(entries);
}
