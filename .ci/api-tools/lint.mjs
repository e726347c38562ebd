// node lint.mjs openapi.json asyncapi.json: what linters that everybody uses find, as JSON.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const [openapi, asyncapi] = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'));
const config = await createConfig({ extends: ['recommended'] });
const redocly = await lintFromString({ source: openapi, absoluteRef: '/openapi.json', config });
const { diagnostics } = await new Parser().parse(asyncapi);
process.stdout.write(
  JSON.stringify({
    openapi: redocly.map((p) => `${p.severity} ${p.ruleId} ${p.location[0]?.pointer ?? ''}: ${p.message}`),
    asyncapi: diagnostics.map(
      (d) => `${['error', 'warn', 'info', 'hint'][d.severity]} ${d.code} ${d.path.join('.')}: ${d.message}`,
    ),
  }),
);
