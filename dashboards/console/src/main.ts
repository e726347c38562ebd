import { createApp } from 'vue';
import App from './App.vue';
import { CONSOLE, createConsole } from './console/console.ts';
import { createConsoleRouter } from './router.ts';
import './theme.css';

// Before the router: it reads the address, and the token of a wall must not stand in it any more.
const ours = createConsole();
createApp(App).use(createConsoleRouter()).provide(CONSOLE, ours).mount('#app');
