import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import { addressOf, PLACE } from './api/place.ts';
import Missing from './screens/missing/index.vue';
import { SCREENS, type Screen } from './screens/routes.ts';

declare module 'vue-router' {
  interface RouteMeta {
    screen?: Screen;
  }
}

/** Real addresses, not `#`: the service answers every one of them with this page, so they can be pasted into a chat. */
export function createConsoleRouter(): Router {
  const router = createRouter({
    history: createWebHistory(PLACE),
    routes: [
      ...SCREENS.map(
        (screen): RouteRecordRaw => ({
          name: screen.name,
          path: screen.path,
          component: screen.load,
          meta: { screen },
        }),
      ),
      { name: 'missing', path: '/:path(.*)*', component: Missing },
    ],
  });
  // `?wall` on any address, as a wall's browser is often started with the plain address of the service.
  router.beforeEach((to) => (to.query.wall !== undefined && to.name !== 'wall' ? { name: 'wall' } : true));
  // The service was upgraded under an open page: its screens have other names now. Fetch the new page, once.
  router.onError((_error, to) => {
    const kept = sessionStorage.getItem(RELOADED);
    if (kept === to.fullPath) return;
    sessionStorage.setItem(RELOADED, to.fullPath);
    location.assign(addressOf(to.fullPath));
  });
  router.afterEach((_to, _from, failure) => {
    if (failure === undefined) sessionStorage.removeItem(RELOADED);
  });
  return router;
}

const RELOADED = 'lifeline.reloaded-for';
