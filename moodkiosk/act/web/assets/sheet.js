// The one dialog: opened, filled and filled anew by the sheets.

import { byId, icon, make, moodWord, say, told } from './dom.js';
import { lookOf, smallFace } from './face.js';
import { command } from './live.js';
import { attachKeyboard } from './keys.js';

export const sheet = byId('sheet');
/** What the kiosk said last. */
export const kiosk = { state: null, history: null, teaching: null };
/** What an open sheet does when that changes. */
export const on = { state: () => {}, day: () => {}, teaching: () => {} };

const forgetSheet = () => Object.assign(on, { state: () => {}, day: () => {}, teaching: () => {} });

let pushed = false, leaving = false; // an entry of the browser's history stands for the open sheet

export function setUp() {
  sheet.addEventListener('click', (event) => { if (event.target === sheet) sheet.close(); }); // beside it
  sheet.addEventListener('close', () => {
    forgetSheet();
    sheet.replaceChildren();
    if (!pushed) return;
    pushed = false;
    leaving = true;
    history.back();
  });
  // The key or gesture "back" closes the sheet, and leaves the page only when there is none.
  addEventListener('popstate', () => {
    if (leaving) leaving = false;
    else if (sheet.open) { pushed = false; sheet.close(); }
  });
  sheet.addEventListener('scroll', hint, { passive: true });
  new ResizeObserver(hint).observe(sheet);
}

/** Says whether there is more below. */
function hint() {
  sheet.classList.toggle('scrolls', sheet.scrollHeight - sheet.scrollTop - sheet.clientHeight > 12);
}

/** A short message that goes away by itself; `detail` says more. */
export function toast(title, detail = '') {
  const note = make('p', {}, make('b', {}, title), detail ? ' ' : '', detail);
  // Inside an open dialog: what lies behind it can be neither seen nor heard.
  const place = sheet.open ? sheet.querySelector('.toasts') : byId('toasts');
  place.append(note);
  if (place.children.length > 2) place.firstElementChild.remove(); // of many presses the last ones count
  setTimeout(() => note.remove(), 7000);
}

/** Opens the dialog with a title and content, or fills it anew. */
export function show(title, ...content) {
  forgetSheet();
  const close = make('button.close', { type: 'button', 'aria-label': say('do.close'), onclick: () => sheet.close() }, icon('close'));
  sheet.replaceChildren(
    make('div.inside', {}, make('header', {}, make('h2', { id: 'sheet-title', tabindex: -1 }, title), close), ...content,
      make('div.further', { 'aria-hidden': 'true' }, icon('down')), make('div.toasts', { role: 'status' })));
  if (!sheet.open) {
    sheet.showModal();
    history.pushState({ sheet: true }, '');
    pushed = true;
  }
  attachKeyboard(sheet);
  // So that what is new is read from its beginning; a form begins with its first field.
  (sheet.querySelector('[autofocus]') ?? byId('sheet-title')).focus();
  sheet.scrollTop = 0;
  hint();
}

/** A line that says, live, whether the camera sees somebody. */
export function seen() {
  const line = make('p.seen', { role: 'status' });
  const update = () => {
    const s = kiosk.state, watching = s.camera_status === 'on';
    line.dataset.seen = watching && s.present;
    const text = say(!watching ? 'seen.off' : s.present ? 'seen.yes' : 'seen.no');
    if (line.textContent !== text) line.textContent = text;
  };
  update();
  return [line, update];
}

export const button = (text, onclick, kind = '') => make(`button${kind}`, { type: 'button', onclick }, text);

/** A field with its label. */
export function field(id, label, value, attributes = {}) {
  const input = make('input', { id, name: id, maxlength: 60, autocomplete: 'off', ...attributes });
  input.value = value;
  return [make('p.field', {}, make('label', { for: id }, label), input), input];
}

/** Buttons for all moods. */
export function moods(chosen, use) {
  if (!kiosk.state.labels.length) return make('p', {}, say('labels.none'));
  return make('ul.moods', {}, ...kiosk.state.labels.map((label) => make('li', {},
    make('button', { type: 'button', 'aria-pressed': chosen === undefined ? false : String(chosen === label), onclick: () => use(label) },
      smallFace(label), make('span', {}, moodWord(label, lookOf(label).look))))));
}

/** Sends a command from a sheet; tells when it did not work. */
export async function send(name, value) {
  sheet.setAttribute('aria-busy', 'true');
  const result = await command(name, value);
  sheet.removeAttribute('aria-busy');
  if (!result.ok) toast(say('failed'), told(result));
  return result.ok ? result : null;
}

