import type { Clock } from '../../flow/ports/clock.ts';

/** The machine's clock. Timers do not keep the process alive by themselves. */
export const systemClock: Clock = {
  now: () => Date.now(),
  every(period, tell) {
    const timer = setInterval(tell, period);
    timer.unref();
    return () => clearInterval(timer);
  },
  after(delay, tell) {
    const timer = setTimeout(tell, delay);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
