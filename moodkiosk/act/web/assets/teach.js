// Teach me: who, and what is kept; then mood after mood; then what has come of it.

import { calm, make, moodWord, part, put, say, told } from './dom.js';
import { Face, lookOf, numbersOf, smallFace } from './face.js';
import { command } from './live.js';
import { button, field, kiosk, on, seen, send, sheet, show, toast } from './sheet.js';

const GOING_ON = ['waiting', 'countdown', 'recording', 'fitting'];
const AT_REST = 'neutral';
const DOTS = 10; // shares are shown as so many of ten: a child counts them
const VIEWS = {
  seen: 'seen', nobody: 'nobody', 'two people': 'two', 'no picture': 'no_picture', 'too dark': 'dark', 'too bright': 'bright',
  'too far': 'far', 'too blurred': 'blurred', 'turned away': 'turned', 'mouth covered': 'covered', 'upside down': 'turned',
};

const DOUBTS = { 'few frames': 'few_frames', crosswise: 'crosswise', alike: 'alike', unlike: 'unlike', 'two people': 'two_people', frozen: 'frozen' };

let mine = false; // the sitting was begun here: another page may be somewhere else
const word = (label) => moodWord(label, lookOf(label).look);

/** Whether this kiosk can be taught, and never was. */
export const untaught = (state) => state.model === 'starter' && !state.read_only && state.labels.length > 1;

/** First: who it is, what is kept, and which moods. Nobody is looked at before somebody agrees. */
export function teach() {
  const labels = kiosk.state.labels;
  if (!labels.length) return show(say('teach.title'), make('p', {}, say('labels.none')));
  const [nameField, name] = field('person', say('teach.name'), kiosk.state.person ?? '');
  const chosen = new Set(labels);
  const moods = make('ul.moods.few', {}, ...labels.map((label) => {
    const choice = make('button', { type: 'button', 'aria-pressed': 'true', disabled: label === AT_REST }, smallFace(label), make('span', {}, word(label)));
    choice.addEventListener('click', () => {
      if (chosen.has(label) && chosen.size > 2) chosen.delete(label);
      else chosen.add(label);
      choice.setAttribute('aria-pressed', String(chosen.has(label)));
    });
    return make('li', {}, choice);
  }));
  const form = make('form', {
    onsubmit: async (event) => {
      event.preventDefault();
      const wanted = labels.filter((label) => chosen.has(label));
      if (!await send('teach', { person: name.value, labels: wanted })) return;
      mine = true;
      sessionStorage.setItem('taught', 'here');
      course();
    },
  }, nameField, make('p.do', {}, make('button.main', {}, say('teach.start'))));
  const [line, update] = seen();
  show(say('teach.title'), make('p', {}, say('teach.text')), make('p.small', {}, say('teach.kept')), line, form,
    make('details', {}, make('summary', {}, say('teach.moods')), moods));
  on.state = update;
  return undefined;
}

/** What came of a sitting that was held from this page is shown again after it was loaded anew. */
export function resume() {
  if (kiosk.teaching?.phase === 'shown' && sessionStorage.getItem('taught')) proof(kiosk.teaching.proof);
}

/** Then: the face shows what to do, a ring how long. It follows what the kiosk says; no time is counted here. */
function course() {
  const face = new Face(true);
  const ring = drawRing(face.svg);
  const what = make('p.what', { role: 'status' });
  const hint = make('p', { 'aria-live': 'polite' });
  const view = make('p.seen', { role: 'status', hidden: true });
  const step = make('p.small');
  const count = make('b.count', { role: 'timer', 'aria-live': 'assertive' });
  show(say('teach.title'), make('div.teaching', {}, make('div.ring-box', {}, ring.svg, count), make('div', {}, step, what, hint, view)),
    make('p.do', {}, button(say('teach.leave'), () => sheet.close())));
  sheet.addEventListener('close', leave, { once: true });
  ring.run(null);
  let drawn = '', begun = false;
  on.teaching = () => {
    const t = kiosk.teaching;
    begun ||= [...GOING_ON, 'shown'].includes(t?.phase);
    if (!begun) return undefined; // how the one before ended is no news
    if (!t || t.phase === 'over') return ended(t);
    if (t.phase === 'shown') return proof(t.proof);
    const label = t.label ?? AT_REST;
    const key = `${t.phase} ${label}`;
    if (key !== drawn) {
      drawn = key;
      const { look, hue } = lookOf(label);
      face.go(numbersOf(t.phase === 'fitting' ? 'thinking' : look), calm());
      face.svg.style.setProperty('--hue', hue);
      face.svg.style.setProperty('--chroma', look === 'neutral' ? 0.05 : 0.13);
      ring.run(t.phase === 'recording' ? t : null);
    }
    if (calm() && t.phase === 'recording') ring.step(t);
    put(step, t.phase === 'fitting' ? '' : say('teach.step', { number: t.number, count: t.count }));
    put(what, t.phase === 'fitting' ? say('teach.fitting') : say('teach.show', { mood: word(label) }));
    put(count, t.phase === 'countdown' ? String(Math.max(1, Math.ceil(t.left_seconds))) : '');
    put(hint, t.hint ? say(`teach.hint.${t.hint}`) : t.phase === 'waiting' && t.text ? say('teach.again_please') : '');
    view.hidden = t.phase === 'fitting';
    view.dataset.seen = t.view === 'seen';
    put(view, say(`teach.view.${VIEWS[t.view] ?? 'no_picture'}`));
    return undefined;
  };
  if (kiosk.teaching && GOING_ON.includes(kiosk.teaching.phase)) on.teaching();
  else put(what, say('teach.soon'));
}

/** Whoever closes the sheet, or the page, leaves the sitting: nothing of it is kept. */
function leave() {
  if (!mine) return;
  mine = false; // what has come of it, is known by then: this one has not
  command('teach_stop', null, { keepalive: true });
  toast(say('teach.left'));
}
addEventListener('pagehide', leave);

function ended(t) {
  mine = false;
  show(say('teach.title'), make('div', { role: 'status' }, make('p', {}, say('teach.over')), t?.text ? make('p.small', {}, told(t, 'text')) : ''),
    make('p.do', {}, button(say('do.close'), () => sheet.close()), button(say('calibrate.again'), teach, '.main')));
}

/** Last: how many of ten faces are read right now, and before; keep it, or take it back. */
function proof(found) {
  mine = false;
  const tens = (share) => Math.round(share * DOTS);
  const rows = Object.entries(found.moods).map(([label, [before, after]]) => make('li', {}, smallFace(label), make('span', {}, word(label)), dots(before, tens), dots(after, tens)));
  const people = Object.entries(found.people).map(([name, [before, after]]) => make('li', {}, make('span', {}), make('b', {}, name), dots(before, tens), dots(after, tens)));
  const doubts = found.remarks.map((remark) => make('li', {}, doubt(remark), ' ',
    remark.label ? button(say('teach.again', { mood: word(remark.label) }), async () => { if (await send('teach_again', remark.label)) { mine = true; course(); } }) : ''));
  const slots = { before: tens(found.before), after: tens(found.after), low: tens(found.low), high: tens(found.high) };
  const answer = async (name, said) => { if (await send(name)) { sheet.close(); toast(say(said)); } };
  show(say(found.better ? 'teach.better' : 'teach.same'),
    make('p.result', { role: 'status' }, say(found.better ? 'teach.better_text' : 'teach.same_text', slots)),
    make('p.small', {}, say('teach.sure', slots)),
    doubts.length ? make('ul.details', {}, ...doubts) : '',
    make('ul.proof', {}, make('li.heads', { 'aria-hidden': 'true' }, make('span', {}), make('span', {}), make('span', {}, say('teach.before')), make('span', {}, say('teach.now'))), ...rows, ...people),
    make('p.do.stay', {}, button(say('teach.undo'), () => answer('teach_undo', 'teach.undone')), button(say('teach.keep'), () => answer('teach_keep', 'teach.learnt'), '.main')));
  on.teaching = () => { if (kiosk.teaching?.phase === 'over' && sheet.open) sheet.close(); };
  sheet.addEventListener('close', () => sessionStorage.removeItem('taught'), { once: true });
}

/** Later: the model in use was taught, and may be taken back with its recordings. */
export function undo(back) {
  show(say('teach.undo_last'), make('p', {}, say('teach.undo_text')),
    make('p.do', {}, button(say('do.back'), back), button(say('teach.undo'), async () => {
      const result = await send('teach_undo');
      if (result) { sheet.close(); toast(told(result, 'text')); }
    }, '.main')));
}

/** What is odd about what was shown: in the page's language where it has a word for it. */
function doubt(remark) {
  const key = DOUBTS[remark.what];
  return key ? say(`teach.doubt.${key}`, { label: word(remark.label), other: word(remark.other) }) : part(remark.text);
}

/** A share as filled and empty dots, and in words for ears. */
function dots(share, tens) {
  const full = tens(share);
  return make('span.dots', { role: 'img', 'aria-label': say('teach.of_ten', { count: full }) }, '●'.repeat(full), make('i', {}, '○'.repeat(DOTS - full)));
}

/** A ring around the face that fills while the kiosk looks. */
function drawRing(face) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 120 120');
  svg.setAttribute('class', 'ring');
  svg.setAttribute('aria-hidden', 'true');
  const [, fill] = ['track', 'fill'].map((kind) => {
    const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    for (const [key, value] of Object.entries({ cx: 60, cy: 60, r: 55, class: kind, pathLength: 100 })) circle.setAttribute(key, value);
    svg.append(circle);
    return circle;
  });
  for (const [key, value] of Object.entries({ x: 14, y: 14, width: 92, height: 92 })) face.setAttribute(key, value);
  svg.append(face);
  let running = null;
  const run = (t) => {
    running?.cancel();
    running = null;
    svg.classList.toggle('idle', t === null);
    if (t === null || calm()) return;
    running = fill.animate([{ strokeDashoffset: 100 }, { strokeDashoffset: 0 }], { duration: 1000 * t.seconds, fill: 'forwards' });
    running.currentTime = 1000 * (t.seconds - t.left_seconds);
  };
  // For who wants no movement: a step a second.
  const step = (t) => { fill.style.strokeDashoffset = 100 * t.left_seconds / t.seconds; };
  return { svg, run, step };
}
