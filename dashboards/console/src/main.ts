import { createApp } from 'vue';
import App from './App.vue';
import { CONSOLE, createConsole } from './console.ts';
import './theme.css';

createApp(App).provide(CONSOLE, createConsole()).mount('#app');
