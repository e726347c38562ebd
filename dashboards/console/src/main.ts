import { createApp } from 'vue';
import App from './App.vue';
import { addressOf } from './api/place.ts';
import { CONSOLE, createConsole } from './console/console.ts';
import { createConsoleRouter } from './router.ts';
import './theme.css';

// Before the router: it reads the address, and the token of a wall must not stand in it any more.
const ours = createConsole();
createApp(App).use(createConsoleRouter()).provide(CONSOLE, ours).mount('#app');
// A reload while the service is down says so in words. Only over HTTPS or on this very machine; elsewhere the browser says it.
void navigator.serviceWorker?.register(addressOf('/sw.js')).catch(() => undefined);
