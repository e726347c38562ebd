import { createApp } from 'vue';
import { addressOf } from '../api/place.ts';
import App from './App.vue';
import { newPageWhenCalm } from './new-page.ts';
import { createPhone, PHONE } from './phone.ts';
import './phone.css';

createApp(App)
  .provide(PHONE, await createPhone())
  .mount('#app');
// Only over HTTPS or on this very machine; elsewhere the page works as long as it stays open.
void navigator.serviceWorker?.register(addressOf('/m/sw.js')).catch(() => undefined);
newPageWhenCalm();
