import { DeviceKeysDisk, DeviceKeysMemory } from '../memory/device-keys.ts';
import { deviceKeysContract } from './device-keys.contract.ts';

deviceKeysContract('the device keys in memory', () => {
  let disk = new DeviceKeysDisk();
  return {
    open: (now) => new DeviceKeysMemory({ disk, now }),
    erase: () => {
      disk = new DeviceKeysDisk();
    },
    end: () => undefined,
  };
});
