// The page: shows the newest state, and lets people touch.

import { byId, calm, icon, make, moodWord, part, put, say, timeOf, told } from './dom.js';
import { Face, lookOf, numbersOf } from './face.js';
import { band } from './day.js';
import { command, get, listen } from './live.js';
import { plays, renderPlaying } from './playing.js';
import { setUp, toast } from './sheet.js';
import * as sheets from './sheets.js';
import { untaught } from './teach.js';

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }; // as the kiosk's own times
const body = document.body;
const face = new Face(true);
byId('face').append(face.svg);
let state = JSON.parse(byId('state').dataset.state);
let touched = -Infinity;
const blanks = new URLSearchParams(location.search).get('screen') === 'blank';
const VOLUME_STEP = 10; // percent
let volume = null; // asked for, until the kiosk has answered and said what it is now
let stepping = 0; // steps that are not answered yet
const LIT_MS = 30000; // after a touch
const FADED_PERCENT = 20; // a mood that settled stays for some seconds after the look has changed

/** Which of the kiosk's looks this is. */
function lookFor(s) {
  const camera = s.camera_status.split(':')[0];
  if (s.mood !== null && s.manual_mood !== null) return 'mood';
  if (camera === 'off') return 'off';
  if (camera === 'scheduled off') return 'scheduled';
  if (s.unknown_because === 'sense away') return 'away';
  if (camera !== 'on') return camera in CAMERA ? camera : 'lost';
  if (s.mood !== null) return 'mood';
  if (s.unknown_because !== null) return 'unknown';
  return s.present ? 'unsure' : 'nobody';
}

const FACES = {
  unsure: 'thinking', nobody: 'asleep', off: 'masked', scheduled: 'masked', lost: 'blind', lent: 'thinking', starting: 'waking',
  away: 'blind', unknown: 'waking',
};
const CAMERA = { on: 'eye', off: 'shut', 'scheduled off': 'shut', lost: 'alert', lent: 'eye', starting: 'eye' };
const CAMERA_WORDS = { on: 'watching', off: 'off', 'scheduled off': 'off', lost: 'lost', lent: 'lent', starting: 'starting' };

function render() {
  const look = lookFor(state);
  const mood = look === 'mood' ? lookOf(state.mood) : null;
  const begun = look === 'unknown' && state.unknown_because === 'just begun';
  const word = mood ? moodWord(state.mood, mood.look) : say(begun ? 'look.starting' : `look.${look}`);
  body.dataset.look = look;
  body.dataset.mood = state.mood ?? '';
  body.classList.toggle('read-only', state.read_only);
  body.classList.toggle('resting', blanks && look === 'nobody' && performance.now() - touched >= LIT_MS);
  body.style.setProperty('--hue', mood ? mood.hue : 75);
  body.style.setProperty('--chroma', mood ? (mood.look === 'neutral' ? 0.05 : 0.13) : look === 'unsure' ? 0.05 : 0.012);
  renderCamera();
  put(byId('word'), word);
  byId('word').style.setProperty('--chars', Math.max(6, word.length));
  byId('face').setAttribute('aria-label', say('aria.face', { look: word }));
  face.go(numbersOf(mood ? mood.look : FACES[look], mood ? 0.72 + 0.28 * (state.confidence ?? 1) : 1), calm());
  renderBelow(look);
  renderFacts();
  renderPlay();
  renderNotices();
  announce(word);
  document.title = `${word} – ${state.kiosk}`;
  sheets.refresh(state);
}

function renderCamera() {
  const key = state.camera_status.split(':')[0];
  const status = key in CAMERA ? key : 'lost';
  const button = byId('camera');
  body.dataset.camera = status;
  button.setAttribute('aria-pressed', state.camera);
  button.disabled = state.read_only || body.classList.contains('is-stale');
  put(byId('camera-text'), cameraText());
  button.title = state.read_only ? '' : say(state.camera ? 'camera.turn_off' : 'camera.turn_on');
  button.querySelector('use').setAttribute('href', `#i-${CAMERA[status]}`);
}

function cameraText() {
  return say(body.dataset.look === 'away' ? 'look.away' : `camera.${CAMERA_WORDS[body.dataset.camera]}`);
}

/** The line under the word: how sure and since when, or what to make of it. */
function renderBelow(look) {
  const known = look === 'mood';
  byId('sure').hidden = !known;
  byId('below').hidden = known;
  if (known) {
    const byHand = state.manual_mood !== null;
    const percent = Math.round((state.confidence ?? 1) * 100);
    const faded = !byHand && percent < FADED_PERCENT;
    const how = byHand ? say('by_hand') : faded ? say('faded') : say('sure', { percent });
    put(byId('sure-text'), state.since && !faded ? `${how}, ${say('since', { time: timeOf(state.since) })}` : how);
    byId('gauge').style.inlineSize = `${percent}%`;
    byId('sure').classList.toggle('by-hand', byHand);
    return;
  }
  const slow = look === 'unknown' && state.unknown_because === 'too slow';
  const reason = look === 'lost' ? state.camera_status_fields?.detail : slow ? state.health.sense_fields?.detail : null;
  const offer = look === 'unsure' && untaught(state);
  const key = JSON.stringify([look, reason ?? null, offer]);
  if (byId('below').dataset.key === key) return; // a button that is made anew loses the focus
  byId('below').dataset.key = key;
  const more = reason ? [' (', part(reason), ')'] : offer ? [' ', make('button.quiet', { type: 'button', onclick: () => sheets.open('teach') }, say('teach.do'))] : [];
  byId('below').replaceChildren(say(`below.${look}`), ...more);
}

function renderFacts() {
  const count = state.people;
  const people = say(count === null ? 'people.unknown' : count ? 'people.count' : 'people.none', { count });
  put(byId('people'), state.person && count ? `${people} · ${say('people.named', { name: state.person })}` : people);
  fit(byId('people'));
  renderPlaying(state, (music) => fit(music, 1.2)); // there is room for a second line
}

/** Long names are set smaller, so that they do not push out what stands below. */
function fit(element, lines = 1) {
  const length = element.textContent.length / lines;
  element.classList.toggle('long', length > 34);
  element.classList.toggle('longer', length > 70);
}

/** One place for two buttons: Pause while something plays, else Play. */
function renderPlay() {
  const [shown, other] = plays(state) ? [byId('pause'), byId('play')] : [byId('play'), byId('pause')];
  if (other.hidden && !shown.hidden) return;
  const focused = document.activeElement === other;
  shown.hidden = false;
  other.hidden = true;
  if (focused) shown.focus();
}

function renderNotices() {
  const { health } = state;
  const found = [];
  // What people choose to hear is no trouble.
  const chosen = state.override_until && health.player.startsWith('ready');
  if (!chosen && !state.player_status.startsWith('ready')) found.push([say('notice.player'), told(state, 'player_status')]);
  if (!['connected', 'connecting', 'switched off'].includes(health.broker)) found.push([say('notice.broker'), told(health, 'broker')]);
  const days = health.login_days_left;
  if (days !== null && days < 0) found.push([say('notice.login_over'), say('notice.login_do')]);
  else if (days !== null && days <= 30) found.push([say('notice.login', { count: Math.floor(days) }), say('notice.login_do')]);
  if (health.memory !== 'ready') found.push([say('notice.memory'), told(health, 'memory')]);
  const notices = byId('notices');
  const key = JSON.stringify(found.map((lines) => lines.map((line) => line.textContent ?? line)));
  if (notices.dataset.key === key) return;
  notices.dataset.key = key;
  notices.hidden = found.length === 0;
  body.classList.toggle('troubled', found.length > 0);
  const chip = (text) => make('li', {}, make('button.notice', { type: 'button', onclick: () => sheets.notices(found) }, icon('alert'), text));
  // One line, whatever is wrong: what people want to know from the sofa keeps its place.
  const more = found.length > 1 && chip(say('notice.more', { count: found.length - 1 }));
  notices.replaceChildren(...found.slice(0, 1).map(([title]) => chip(title)), ...(more ? [more] : []));
}

/** For ears: one sentence, when it is another one. */
function announce(word) {
  const camera = cameraText();
  put(byId('said'), byId('word').dataset.said === word + camera ? byId('said').textContent : `${word}. ${camera}.`);
  byId('word').dataset.said = word + camera;
}

async function renderDay() {
  const history = await get('api/history');
  if (!history) return;
  const from = history.spans.length ? timeOf(history.spans[0].at) : '';
  byId('day').replaceChildren(make('span', {}, from ? say('since', { time: from }) : ''), band(history, false), make('span', {}, say('today.now')));
  sheets.refreshDay(history);
}

function showStale(since) {
  const stale = byId('stale');
  stale.hidden = since === null;
  body.classList.toggle('is-stale', since !== null);
  for (const id of ['actions', 'day', 'why', 'notices']) byId(id).inert = since !== null;
  byId('camera').disabled = since !== null || state.read_only;
  if (since === null) return;
  const time = since.toLocaleTimeString(document.documentElement.lang, CLOCK);
  stale.replaceChildren(icon('alert'), make('b', {}, say('stale.title')), ' ', say('stale.text', { time }));
}

/** The clock: wakes up once a minute. */
function tick() {
  const now = new Date();
  put(byId('clock'), now.toLocaleTimeString(document.documentElement.lang, CLOCK));
  setTimeout(tick, 60050 - (now % 60000));
}

/** A button that sends a command, and says when it did not work. */
function sends(id, name, value = () => null) {
  byId(id).addEventListener('click', async () => {
    const button = byId(id);
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    const result = await command(name, value());
    button.removeAttribute('aria-busy');
    if (!result.ok) toast(say('failed'), told(result));
    else if (result.text_key === 'player.nothing_plays') toast(told(result, 'text'));
  });
}

/** A button for a little more or less of the volume; it may be pressed faster than the kiosk answers. */
function steps(id, percent) {
  byId(id).addEventListener('click', async () => {
    const wanted = Math.min(100, Math.max(0, (volume ?? state.volume_cap) + percent));
    volume = Math.min(wanted, state.volume_percent_max);
    stepping += 1;
    const result = await command('volume_cap', wanted);
    stepping -= 1;
    if (!result.ok && stepping === 0) volume = null; // the next step begins at what the kiosk has
    if (result.ok) toast(result.text_key === 'music.at_most_set' ? told(result, 'text') : say('music.never_louder', { percent: volume ?? state.volume_cap }));
    else toast(say('failed'), told(result));
  });
}

sends('play', 'play');
sends('pause', 'pause');
sends('skip', 'skip');
steps('quieter', -VOLUME_STEP);
steps('louder', VOLUME_STEP);
sends('camera', 'camera', () => (state.camera ? 'off' : 'on'));
for (const name of ['recommend', 'more', 'why', 'day']) {
  byId(name).addEventListener('click', () => sheets.open(name));
}
// A second press of a hand that meant one, is none; keys and steps may be pressed fast.
addEventListener('click', (click) => {
  if (click.detail < 2 || click.target.closest('.keys, .step, input, label')) return;
  click.preventDefault();
  click.stopPropagation();
}, true);
setUp();
sheets.restoreTheme();
if (blanks) {
  addEventListener('pointerdown', () => {
    touched = performance.now();
    setTimeout(render, LIT_MS + 100);
    if (!body.classList.contains('resting')) return;
    render();
    const swallow = new AbortController(); // the touch that wakes the screen does nothing else
    addEventListener('click', (click) => { click.stopPropagation(); click.preventDefault(); }, { capture: true, once: true, signal: swallow.signal });
    setTimeout(() => swallow.abort(), 700);
  }, true);
}
fit(document.querySelector('h1'));
new ResizeObserver(() => body.classList.toggle('tall', document.scrollingElement.scrollHeight > innerHeight + 1)).observe(body);
tick();
render();
listen({
  state: (fresh) => {
    // It is as asked for, or somebody else has chosen; the same as before was said before the kiosk had heard of ours.
    if (stepping === 0 && (fresh.volume_cap === volume || fresh.volume_cap !== state.volume_cap)) volume = null;
    state = fresh;
    render();
  },
  history: renderDay,
  teaching: sheets.refreshTeaching,
  stale: showStale,
});
