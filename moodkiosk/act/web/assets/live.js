// The line to the kiosk: its state as it changes, and commands.

import { say } from './dom.js';

const STALE_MS = 13000; // the kiosk says something every 5 s
const RETRY_MS = 4000;
const HIDDEN_MS = 30000; // a tab that nobody sees gives its stream up: browsers have six connections a kiosk
let token = document.documentElement.dataset.token;

/** Puts a command to the kiosk. Never throws: what went wrong is in `error`. */
export async function command(name, value = null, more = {}) {
  try {
    const answer = await fetch('api/command', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
      body: JSON.stringify({ command: name, value }),
      ...more,
    });
    if (answer.status === 401) location.assign('login');
    return await answer.json();
  } catch {
    return { command: name, ok: false, error_key: 'unreachable', error_fields: {} };
  }
}

/** Gets JSON from the kiosk, or null. */
export async function get(path) {
  try {
    const answer = await fetch(path);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** Signs out. */
export async function leave() {
  await fetch('logout', { method: 'POST', headers: { 'X-CSRF-Token': token } });
  location.assign('login');
}

/** Listens for ever. `on.state(state)`, `on.teaching(teaching)`, `on.history()`, `on.stale(since)` (null: all is well again). */
export function listen(on) {
  const build = new URL(import.meta.url).pathname.split('/').at(-3);
  let source = null, timer = 0, asleep = 0, last = new Date(), lost = false;

  const heard = () => {
    last = new Date();
    clearTimeout(timer);
    timer = setTimeout(gone, STALE_MS);
    if (lost) on.stale(null);
    lost = false;
  };
  const gone = () => {
    if (!lost) on.stale(last);
    lost = true;
    open(); // a connection that says nothing is no connection
  };
  const take = (name, use) => source.addEventListener(name, (event) => { heard(); use(JSON.parse(event.data)); });
  const open = () => {
    source?.close();
    clearTimeout(timer);
    timer = setTimeout(gone, STALE_MS);
    source = new EventSource('api/events');
    take('hello', (hello) => {
      token = hello.token; // another one after every start of the kiosk
      if (hello.build === build || sessionStorage.getItem('build') === hello.build) return;
      sessionStorage.setItem('build', hello.build); // once only: something between may keep old pages
      location.reload();
    });
    take('state', on.state);
    take('history', on.history);
    take('teaching', on.teaching);
    take('happened', () => {});
    take('beat', () => {});
    source.addEventListener('error', () => {
      if (!lost) on.stale(last);
      lost = true;
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const answer = await fetch('api/token').catch(() => null);
        if (answer?.status === 401) location.assign('login');
        else open();
      }, RETRY_MS);
    });
  };
  document.addEventListener('visibilitychange', () => {
    clearTimeout(asleep);
    if (document.hidden) {
      asleep = setTimeout(() => { source.close(); clearTimeout(timer); }, HIDDEN_MS);
    } else if (source.readyState === EventSource.CLOSED) open();
    else if (Date.now() - last > STALE_MS) gone(); // a phone that slept: so did its timers
  });
  open();
}
