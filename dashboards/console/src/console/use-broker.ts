import { type ComputedRef, computed } from 'vue';
import { useConsole } from './console.ts';

/** Of a broker whose port is not known. */
const USUAL_PORT = 1883;

/** Where a device of this service publishes, as mosquitto's clients want it said. */
export function useBroker(): ComputedRef<string> {
  const { session } = useConsole();
  return computed(() => {
    const port = session.value.is === 'in' ? session.value.me.mqttPort : null;
    return `-h ${location.hostname} -p ${port ?? USUAL_PORT}`;
  });
}
