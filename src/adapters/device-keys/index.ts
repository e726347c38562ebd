import { type FileForm, fileForm } from '../shared/file-form.ts';
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
