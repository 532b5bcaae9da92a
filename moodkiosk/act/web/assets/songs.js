// Recommend me songs: a list to choose from.

import { icon, make, part, say, told } from './dom.js';
import { command, get } from './live.js';
import { picture } from './playing.js';
import { button, field, kiosk, moods, on, send, show, toast } from './sheet.js';

export function recommend() {
  if (kiosk.state.mood === null) {
    show(say('recommend.mood'), moods(undefined, async (label) => {
      if (await send('mood', label)) { kiosk.state = { ...kiosk.state, mood: label }; recommend(); }
    }));
  } else if (!(kiosk.state.language && kiosk.state.artist) && !sessionStorage.getItem('asked')) askTaste();
  else list();
}

function askTaste() {
  const [languageField, language] = field('language', say('recommend.language'), kiosk.state.language, { placeholder: say('recommend.any'), maxlength: 60, autofocus: true });
  const [artistField, artist] = field('artist', say('recommend.artist'), kiosk.state.artist, { placeholder: say('recommend.any'), maxlength: 100 });
  const chips = say('recommend.languages').split(', ').map((name) => button(name, () => { language.value = name; }));
  const form = make('form', {
    onsubmit: async (event) => {
      event.preventDefault();
      if (language.value.trim() !== kiosk.state.language && !await send('language', language.value)) return;
      if (artist.value.trim() !== kiosk.state.artist && !await send('artist', artist.value)) return;
      sessionStorage.setItem('asked', 'yes');
      list({ language: language.value, artist: artist.value });
    },
  }, languageField, make('p.chips', {}, ...chips), artistField, make('p.do', {}, make('button.main', {}, say('recommend.go'))));
  show(say('recommend.ask'), form);
}

/** The list: what the household has for the mood, what the player finds, and searches. A touch plays. */
async function list(wish = null) {
  const place = make('ul.songs', { 'aria-live': 'polite' }, make('li', {}, make('p', {}, say('songs.wait'))));
  const anew = make('p.do', {});
  show(say('recommend.title'),
    make('p.do', {}, button(say('songs.surprise'), () => recommended(wish), '.main'), button(say('recommend.change'), askTaste)),
    place, anew);
  const fill = (result) => {
    if (!place.isConnected) return; // closed, or filled anew, meanwhile
    if (!result.ok) return place.replaceChildren(make('li', {}, make('p.plays', {}, icon('alert'), told(result))));
    place.replaceChildren(...result.data.map((song) => row(song, fill, () => list(wish))));
    anew.replaceChildren(button(say('songs.all_again'), async () => { if (await send('not_again', '')) list(wish); }, '.quietly'));
  };
  fill(await command('recommendations', wish));
}

/** One of the list. `fill` takes a new list, `back` shows this one again. */
function row(song, fill, back) {
  const name = told(song, 'title').textContent;
  const about = [song.own && say('songs.own'), say(`songs.${song.kind}`), song.by, length(song)].filter(Boolean).join(' · ');
  const again = async (name, text) => {
    const result = await send(name, song.id);
    if (result) { fill(result); toast(text); }
  };
  return make('li', {},
    make('button.pick', { type: 'button', onclick: () => choose(song) }, art(song), make('span', {}, told(song, 'title'), make('small', {}, about))),
    small('code', say('songs.open', { title: name }), () => code(song, back)),
    small('like', say('songs.more', { title: name }), () => again('more_like', say('songs.liked'))),
    small('close', say('songs.not', { title: name }), () => again('not_again', say('songs.refused'))));
}

const small = (name, label, onclick) => make('button', { type: 'button', 'aria-label': label, title: label, onclick }, icon(name));

/** Its cover, or one that is drawn: a colour of its own, around the mood's. */
function art(song) {
  const drawn = () => {
    const place = make('span.cover.drawn', { 'aria-hidden': 'true' }, icon(song.kind === 'search' ? 'search' : 'note'));
    place.style.setProperty('--of', hue() + parseInt(song.id.slice(0, 2), 16) / 4 - 32);
    return place;
  };
  if (!song.cover) return drawn();
  const image = picture(song.cover, () => image.replaceWith(drawn()));
  return image;
}

const hue = () => Number(document.body.style.getPropertyValue('--hue')) || 75;

/** "3:15" or "80 songs". */
function length(song) {
  if (song.seconds !== null) return `${Math.floor(song.seconds / 60)}:${String(Math.round(song.seconds) % 60).padStart(2, '0')}`;
  return song.songs === null ? '' : say('songs.count', { count: song.songs });
}

async function choose(song) {
  const result = await send('choose', song.id);
  if (result) toast(result.text_key === 'list.both' ? part(result.text_fields.first) : told(result, 'text'));
}

/** A link for the phone. */
function code(song, back) {
  show(told(song, 'title'), make('div.recommended', {},
    make('img.qr', { src: `qr.svg?song=${encodeURIComponent(song.id)}`, alt: say('recommend.qr'), width: 200, height: 200 }),
    make('div', {}, make('p.small', {}, say('recommend.scan')), link(song.youtube_url))),
  make('p.do', {}, button(say('do.back'), back)));
}

const link = (url) => make('p', {}, make('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, readable(url)));

/** Has music played for the mood; a `wish` made with it comes before the mood's own entries. */
async function recommended(wish = null) {
  const place = make('div.recommended', { 'aria-live': 'polite' }, make('p', {}, say('recommend.wait')));
  show(say('recommend.title'), place, make('p.do', {}, button(say('recommend.change'), askTaste)));
  const result = await command('recommend', wish); // answered once the player has
  kiosk.state = await get('api/state') ?? kiosk.state; // never the title and code of the one before
  if (!place.isConnected) return; // closed, or filled anew, meanwhile
  // What was done; the link after it is shown by itself.
  const said = () => (!result.ok ? told(result) : result.text_key === 'list.both' ? part(result.text_fields.first) : told(result, 'text'));
  const draw = () => {
    const found = kiosk.state.recommendation;
    if (!found) return place.replaceChildren(make('p.plays', {}, icon('alert'), said()));
    const key = JSON.stringify([found]);
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    place.replaceChildren(
      make('img.qr', { src: `qr.svg?of=${encodeURIComponent(found.youtube_url)}`, alt: say('recommend.qr'), width: 200, height: 200 }),
      make('div', {},
        make('p.title', {}, found.title),
        make('p.plays', {}, icon(result.ok ? 'note' : 'alert'), said()),
        make('p.small', {}, say('recommend.scan')),
        link(found.youtube_url)));
  };
  on.state = draw;
  draw();
}

/** An address as people read it. */
function readable(url) {
  try { return decodeURIComponent(url).replace(/^https:\/\//, '').replaceAll('+', ' '); } catch { return url; }
}
