import { createApp } from 'vue';
import App from './App.vue';
import { CONSOLE, createConsole } from './console/console.ts';
import { createConsoleRouter } from './router.ts';
import './theme.css';

createApp(App).use(createConsoleRouter()).provide(CONSOLE, createConsole()).mount('#app');
