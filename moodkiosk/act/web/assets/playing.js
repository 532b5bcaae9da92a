// What plays now: the song, whose choice it is, how far it is, and how old that knowledge is.

import { byId, icon, make, part, put, say, timeOf, told } from './dom.js';

const TICK_MS = 5000; // a bar of some hundred pixels moves no faster
let timer = 0;

/** The mood for which music was decided upon last. */
let decided = null;

/** Whether that mood is still the one that is seen: then the demo says what it would play. */
function holds(state) {
  if (state.decision?.action === 'play') decided = state.decision.mood;
  return state.mood !== null && (decided === null || decided === state.mood);
}

/** Whether something is going on that can be paused. */
export function plays(state) {
  const now = state.now_playing;
  return now !== null && now.state !== 'paused' && (now.state !== 'dry run' || holds(state));
}

/** Shows it; long names are set smaller by `fit`. */
export function renderPlaying(state, fit) {
  const key = JSON.stringify([state.now_playing, holds(state), state.quiet_until, state.override_until, state.music, state.decision, state.health.player]);
  const music = byId('music');
  if (music.dataset.key === key) return;
  music.dataset.key = key;
  music.replaceChildren(...(parts(state) ?? nothing(state)));
  fit(music);
  put(byId('age'), age(state));
  cover(state.now_playing);
  bar(state.now_playing);
}

/** The words of what plays, or null. */
function parts(state) {
  const now = state.now_playing;
  if (!now) return null;
  if (now.state === 'asked') return [told(state, 'playing')];
  const name = make('strong', {}, now.title ?? (now.what_key ? told(now, 'what') : now.what) ?? say('music.something'));
  if (now.state === 'dry run') return holds(state) ? [`${say('music.would_play')}: `, name] : [say('music.would')];
  const by = now.title && now.artist ? [` ${now.artist}`] : [];
  const intro = now.state === 'paused' ? 'music.paused' : now.by === 'others' ? 'music.others' : now.title ? null : 'music.playing';
  return [intro ? `${say(intro)}: ` : '', name, ...by];
}

/** Until when it is left alone; since when, or as of when: what is not live may be over. */
function age({ now_playing: now, override_until: until }) {
  if (!now || !['playing', 'paused'].includes(now.state)) return '';
  if (until && now.live && (now.state === 'paused' || now.by === 'others')) return say('music.override', { time: timeOf(until) });
  if (!now.live && now.as_of && timeOf(now.as_of) !== timeOf(now.since)) return say('music.as_of', { time: timeOf(now.as_of) });
  return now.since && !now.title ? say('music.since', { time: timeOf(now.since) }) : '';
}

/** Why nothing plays. */
function nothing(state) {
  if (!state.music) return [say('music.off')];
  if (state.override_until) return [say('music.override', { time: timeOf(state.override_until) })];
  if (state.quiet_until) return [say('music.quiet', { time: timeOf(state.quiet_until) })];
  const { decision } = state;
  if (!decision) return [say('music.none')];
  if (decision.action !== 'none') return [say('music.would')];
  return [`${say('music.would')}: `, decision.reason_key === 'music.not_played' ? part(decision.reason_fields.reason) : told(decision, 'reason')];
}

/** The song's picture in place of the note. */
function cover(now) {
  const place = byId('cover');
  const key = now?.cover && now.title ? now.cover : '';
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(key ? picture(key, () => place.replaceChildren(icon('note'))) : icon('note'));
}

/** A picture from the kiosk itself; `missing` is called when there is none. */
export function picture(key, missing) {
  return make('img.cover', { src: `cover/${encodeURIComponent(key)}`, alt: '', width: 64, height: 64, onerror: missing });
}

/** How far the song is: only where the speaker says so itself. */
function bar(now) {
  clearInterval(timer);
  const place = byId('progress');
  const known = now?.live && now.duration_seconds && now.elapsed_seconds !== null;
  place.hidden = !known;
  if (!known) return;
  const begun = Date.now() - (now.state === 'playing' ? Math.max(0, Date.now() - Date.parse(now.as_of)) : 0);
  const draw = () => {
    const passed = now.state === 'playing' ? (Date.now() - begun) / 1000 : 0;
    const share = Math.min(1, (now.elapsed_seconds + passed) / now.duration_seconds);
    place.firstElementChild.style.transform = `scaleX(${share.toFixed(3)})`;
  };
  draw();
  if (now.state === 'playing') timer = setInterval(() => { if (!document.hidden) draw(); }, TICK_MS);
}
