import { no, ok, type Result } from '../../src/domain/result.ts';
import type { MappingFile, Mappings } from '../../src/flow/ports/mappings.ts';
import { type FileFault, readMapping } from '../../src/wire/mapping/read.ts';

/** Mappings that no disk has: what is put is in force, and a bad one is not taken. */
export class MemoryMappings implements Mappings {
  readonly #files = new Map<string, MappingFile>();

  list = (): readonly MappingFile[] => [...this.#files.values()];
  of = (name: string): MappingFile | undefined => this.#files.get(name);
  reload(): void {}

  put(name: string, text: string): Result<MappingFile, readonly FileFault[]> {
    const read = readMapping(text);
    if (!read.ok) return no(read.error);
    if (read.value.name !== name)
      return no([{ line: 1, path: 'name', why: 'its name is not that of its file' }]);
    const file: MappingFile = { name, from: 'own', text, inForce: read.value, faults: [] };
    this.#files.set(name, file);
    return ok(file);
  }
}
