import { z } from 'zod';

const manifestIn = z.object({
  format: z.literal('lifeline-incident'),
  version: z.literal(1),
  incident: z.string(),
  madeAt: z.string(),
  madeBy: z.string(),
  auditAnchor: z.string().nullable(),
  leftOut: z.array(z.string()),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string(), sm3: z.string() })),
});
/** `manifest.json` of an incident's archive. */
export type IncidentManifest = z.infer<typeof manifestIn>;

/** @returns `null`: it is none */
export function incidentManifest(bytes: Uint8Array): IncidentManifest | null {
  try {
    const read = manifestIn.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
