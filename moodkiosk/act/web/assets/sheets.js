// What opens when a button is touched.

import { calm, icon, make, part, put, say, told } from './dom.js';
import { band, list } from './day.js';
import { smallFace } from './face.js';
import { command, get, leave } from './live.js';
import { recommend } from './songs.js';
import { button, field, kiosk, moods, on, seen, send, sheet, show, toast } from './sheet.js';
import { resume, teach, undo, untaught } from './teach.js';

/** The appearance that was chosen in this browser. */
export function restoreTheme() {
  const theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
}

/** The kiosk has said something new; an open sheet may show it. */
export function refresh(state) { kiosk.state = state; on.state(); }
export function refreshDay(history) { kiosk.history = history; on.day(); }
/** How a sitting before the kiosk goes; the smart home may ask for one, which is then offered. */
export function refreshTeaching(teaching) {
  kiosk.teaching = teaching;
  if (sheet.open) on.teaching();
  else if (teaching?.phase === 'invited' && !kiosk.state.read_only) teach();
  else resume();
}

/** Opens a sheet by name. */
export function open(name) {
  ({ recommend, more, why, day, teach })[name]();
}

// A mood by hand; the right label.

function choose() {
  const pick = async (value) => { if (await send('mood', value)) sheet.close(); };
  const auto = make('button.wide', { type: 'button', 'aria-pressed': String(kiosk.state.manual_mood === null), onclick: () => pick('auto') }, icon('eye'), say('mood.auto'));
  show(say('mood.title'), make('p.small', {}, say('mood.text')), auto, moods(kiosk.state.manual_mood ?? '', pick));
}

function wrong() {
  const [line, update] = seen();
  const known = kiosk.state.remembers !== null;
  const remember = make('button.switch', { type: 'button', role: 'switch', id: 'remember-switch', 'aria-describedby': 'remember-text' }, say('wrong.remember'));
  remember.addEventListener('click', () => send('remember', kiosk.state.remembers ? 'off' : 'on'));
  // It counts at once, as chosen by hand; whether it is remembered to learn from, the household says with the switch.
  show(say('wrong.title'), make('p.small', {}, say('wrong.text')), line, moods(undefined, async (label) => {
    if (!await send('mood', label)) return;
    const kept = kiosk.state.remembers ? await command('correct', label) : null;
    show(say('wrong.now'), make('p', { role: 'status' }, kept?.ok ? say('wrong.thanks') : '', kept && !kept.ok ? told(kept) : ''),
      kiosk.state.model === null ? '' : make('p', {}, say('wrong.teach')),
      make('p.do', {}, button(say('do.done'), () => sheet.close()), kiosk.state.model === null ? '' : button(say('teach.do'), teach, '.main')));
  }), known ? make('div.row', {}, remember, make('p.small', { id: 'remember-text' }, say('wrong.remember_text'))) : '');
  on.state = () => { update(); remember.setAttribute('aria-checked', String(kiosk.state.remembers === true)); };
  on.state();
}

// The neutral face: a ring that fills in five seconds.

const CALIBRATION_MS = 5000;

function calibrate() {
  const [nameField, name] = field('person', say('calibrate.name'), kiosk.state.person ?? '', { autofocus: true });
  const form = make('form', { onsubmit: (event) => { event.preventDefault(); run(name.value); } },
    nameField, make('p.do', {}, make('button.main', {}, say('do.start'))));
  const [line, update] = seen();
  show(say('calibrate.title'), make('p', {}, say('calibrate.text')), line, form);
  on.state = update;

  async function run(value) {
    const text = make('p', { role: 'status' }, say('calibrate.look'));
    const ring = drawRing();
    const [line, update] = seen();
    show(say('calibrate.title'), make('div.ring-box', {}, ring), text, line);
    on.state = update;
    const nearly = setTimeout(() => put(text, say('calibrate.nearly')), CALIBRATION_MS);
    const result = await command('calibrate', value);
    clearTimeout(nearly);
    if (!text.isConnected) return;
    ring.classList.add('done', result.ok ? 'well' : 'badly');
    text.replaceChildren(...(result.ok ? [make('b', {}, say('do.done')), ' ', told(result, 'text')] : [make('b', {}, say('failed')), ' ', told(result)]));
    text.after(make('p.do', {}, result.ok ? button(say('do.close'), () => sheet.close(), '.main') : button(say('calibrate.again'), calibrate, '.main')));
  }
}

function drawRing() {
  const face = smallFace('neutral');
  const SVG = 'http://www.w3.org/2000/svg';
  const ring = document.createElementNS(SVG, 'svg');
  ring.setAttribute('viewBox', '0 0 120 120');
  ring.setAttribute('class', 'ring');
  ring.setAttribute('aria-hidden', 'true');
  for (const kind of ['track', 'fill']) {
    const circle = document.createElementNS(SVG, 'circle');
    for (const [key, value] of Object.entries({ cx: 60, cy: 60, r: 55, class: kind, pathLength: 100 })) circle.setAttribute(key, value);
    ring.append(circle);
  }
  for (const [key, value] of Object.entries({ x: 16, y: 16, width: 88, height: 88 })) face.setAttribute(key, value);
  ring.append(face);
  if (!calm()) ring.querySelector('.fill').animate([{ strokeDashoffset: 100 }, { strokeDashoffset: 0 }], { duration: CALIBRATION_MS, fill: 'forwards' });
  return ring;
}

// What needs attention; why; today; more.

/** Titles and what there is to be done, as pairs. */
export function notices(found) {
  show(say('aria.notices'), make('ul.details', {}, ...found.map(([title, text]) => make('li', {}, make('b', {}, title), text.cloneNode?.(true) ?? text))));
}

async function why() {
  const place = make('ol.why');
  show(say('why.title'), place);
  const result = await get('api/why');
  const lines = Array.isArray(result?.data) ? result.data : [];
  place.replaceChildren(...lines.toReversed().map((line) => make('li', {}, make('time', {}, told(line, 'at')), make('span', {}, told(line, 'text')))));
  if (!lines.length) place.replaceWith(make('p', {}, result ? say('why.none') : say('unreachable')));
}

function day() {
  const place = make('div');
  show(say('today.title'), make('p.small', {}, say('today.text')), place, make('p.small', {}, say('today.kept')));
  on.day = () => {
    if (kiosk.history?.spans.length) place.replaceChildren(band(kiosk.history, true), list(kiosk.history));
    else place.replaceChildren(make('p', {}, say('today.none')));
  };
  on.day();
  get('api/history').then((fresh) => { if (fresh) { kiosk.history = fresh; on.day(); } });
}

function more() {
  const music = make('button.switch', { type: 'button', role: 'switch', 'aria-checked': String(kiosk.state.music), id: 'music-switch', 'aria-describedby': 'music-text' }, say('more.music'));
  music.addEventListener('click', () => send('music', kiosk.state.music ? 'off' : 'on'));
  const shown = make('output', { for: 'volume' });
  const volume = make('input', { type: 'range', id: 'volume', min: 0 });
  const slide = () => {
    const { volume_cap: cap, volume_percent_max: most } = kiosk.state;
    Object.assign(volume, { max: most, step: most % 5 ? 1 : 5, value: cap });
    put(shown, `${cap} %`);
  };
  slide();
  volume.addEventListener('input', () => put(shown, `${volume.value} %`));
  volume.addEventListener('change', () => send('volume_cap', Number(volume.value)));
  const [personField, person] = field('who', say('more.person'), kiosk.state.person ?? '');
  personField.append(make('button', {}, say('more.person_set')));
  const form = make('form', { onsubmit: async (event) => { event.preventDefault(); if (await send('person', person.value)) toast(say('do.done')); } }, personField);
  const touch = [
    make('div.row', {}, music, make('p.small', { id: 'music-text' }, say('more.music_text'))),
    make('div.row', {}, make('p.field', {}, make('label', { for: 'volume' }, say('more.volume')), shown, volume)),
    make('div.row', {}, form, make('p.do', {}, button(say('more.forget'), () => forget(person.value.trim()), '.quietly'))),
  ];
  const session = document.documentElement.dataset.session;
  show(say('more.title'),
    untaught(kiosk.state) ? make('p.small', {}, say('teach.never')) : '',
    make('p.do.many', {}, ...(kiosk.state.read_only ? [] : [...(kiosk.state.model === null ? [] : [button(say('teach.do'), teach, untaught(kiosk.state) ? '.main' : '')]), ...(kiosk.state.model === 'taught' ? [button(say('teach.undo_last'), () => undo(more))] : []), button(say('do.mood'), choose), button(say('do.wrong'), wrong), button(say('do.calibrate'), calibrate)]), button(say('do.today'), day), button(say('do.why'), why)),
    ...(kiosk.state.read_only ? [] : touch), themes(),
    session ? make('p.do', {}, button(say('do.sign_out'), leave)) : '');
  on.state = () => {
    music.setAttribute('aria-checked', String(kiosk.state.music));
    if (document.activeElement !== volume) slide();
  };
}

/** Asks once more: what is deleted is gone. */
function forget(name) {
  show(say('forget.title'), make('p', {}, name ? say('forget.one', { name }) : say('forget.all')),
    make('p.do', {}, button(say('do.back'), more), button(say('forget.do'), async () => {
      const result = await send('forget', name);
      if (result) { more(); toast(say('do.done'), told(result, 'text')); }
    }, '.main')));
}

function themes() {
  const root = document.documentElement;
  const choices = ['auto', 'light', 'dark'].map((name) => {
    const input = make('input', { type: 'radio', name: 'theme', value: name, id: `theme-${name}` });
    input.checked = (root.dataset.theme ?? 'auto') === name;
    input.addEventListener('change', () => {
      if (name === 'auto') delete root.dataset.theme;
      else root.dataset.theme = name;
      if (name === 'auto') localStorage.removeItem('theme');
      else localStorage.setItem('theme', name);
    });
    return make('label', {}, input, say(`more.theme_${name}`));
  });
  return make('fieldset.row', {}, make('legend', {}, say('more.theme')), ...choices);
}
