import type { Database } from '../postgres/database.ts';
import { type FileForm, fileForm } from '../shared/file-form.ts';
import { DeviceKeyTables } from './postgres-store.ts';
import { DEVICE_KEY_STEPS, DeviceKeyFile } from './sqlite-store.ts';
import { type DeviceKeysGiven, StoredDeviceKeys } from './stored-device-keys.ts';

/** How the file looks, and how this version writes it. */
export const deviceKeysForm = (file: string): FileForm => fileForm(file, DEVICE_KEY_STEPS, true);

export type DeviceKeysOptions = DeviceKeysGiven & { readonly file: string };

/** Device keys in a SQLite file of their own. */
export class DeviceKeysSqlite extends StoredDeviceKeys {
  constructor({ file, ...given }: DeviceKeysOptions) {
    super(new DeviceKeyFile(file), given);
  }
}

export type DeviceKeysInDatabase = DeviceKeysGiven & {
  /** With the fence of the writer. */
  readonly connect: () => Promise<Database>;
};

/** Device keys in PostgreSQL. */
export class DeviceKeysPostgres extends StoredDeviceKeys {
  constructor({ connect, ...given }: DeviceKeysInDatabase) {
    super(new DeviceKeyTables(connect), given);
  }
}
