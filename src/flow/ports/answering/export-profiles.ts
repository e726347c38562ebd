import type { Result } from '../../../domain/result.ts';
import type { ExportProfile } from '../../../wire/exports/export-profile.ts';
import type { FileFault } from '../../../wire/mapping/read.ts';

/** How orders are written for other platforms. */
export interface ExportProfiles {
  /** `null`: there is none of that name. */
  of(name: string): Result<ExportProfile, readonly FileFault[]> | null;
}
