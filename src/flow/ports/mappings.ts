import type { Result } from '../../domain/result.ts';
import type { FileFault } from '../../wire/mapping/read.ts';
import type { Mapping } from '../../wire/mapping/schema.ts';

/** A mapping file as it stands now. */
export type MappingFile = {
  readonly name: string;
  /** `shipped`: it came with the release; `own`: it lies in the data directory, and goes before a shipped one. */
  readonly from: 'shipped' | 'own';
  /** As the file has it. */
  readonly text: string;
  /** What is in force by this name; `null`: nothing. With faults: the last good one. */
  readonly inForce: Mapping | null;
  /** What is wrong with the file; none: it is in force. */
  readonly faults: readonly FileFault[];
};

/** The mappings of this installation. */
export interface Mappings {
  /** In order of name; where nothing has changed since, it may be the very list of the call before. */
  list(): readonly MappingFile[];
  of(name: string): MappingFile | undefined;
  /** Reads all files again: what is bad of them changes nothing that is in force. */
  reload(): void;
  /** Keeps the text as the installation's own file of this name, on disk before it returns; in force at once. */
  put(name: string, text: string): Result<MappingFile, readonly FileFault[]>;
}
