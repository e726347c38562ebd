import { at } from './at.ts';

/** The service has been upgraded, and the new page is on the phone: it is taken when nobody is writing anything. */
export function newPageWhenCalm(): void {
  const worker = navigator.serviceWorker;
  if (worker === undefined || worker.controller === null) return;
  let isNew = false;
  const take = (): void => {
    if (isNew && (document.hidden || at.value.screen === 'orders')) location.reload();
  };
  worker.addEventListener('controllerchange', () => {
    isNew = true;
    take();
  });
  document.addEventListener('visibilitychange', take);
  addEventListener('hashchange', take);
}
