// Today's moods as a band of colours.

import { lookOf } from './face.js';
import { make, moodWord, say, timeOf } from './dom.js';

const HOUR = 3600e3, SECOND = 1e3;

/** The hue and strength of a stretch. */
function paint(element, span) {
  element.dataset.seen = span.seen;
  if (span.seen !== 'mood') return;
  const { look, hue } = lookOf(span.mood);
  element.style.setProperty('--hue', hue);
  element.style.setProperty('--chroma', look === 'neutral' ? 0.05 : 0.13);
}

/** The stretches that are worth a colour, with their shares of the day so far. */
function shares(history) {
  const end = Date.parse(history.now);
  const starts = history.spans.map((span) => Date.parse(span.at));
  const begin = starts.length ? Math.min(starts[0], end - SECOND) : end - SECOND; // from when it was switched on
  const all = history.spans.map((span, i) => ({ ...span, from: starts[i], to: starts[i + 1] ?? end }));
  return { begin, end, spans: all.filter((span) => span.to > span.from || span === all.at(-1)) };
}

/** The band. Its hours are marked where `fine`. */
export function band(history, fine) {
  const { begin, end, spans } = shares(history);
  const place = (at) => `${(((at - begin) / (end - begin)) * 100).toFixed(2)}%`;
  const drawn = spans.map((span) => {
    const piece = make('i');
    paint(piece, span);
    piece.style.insetInlineStart = place(span.from);
    piece.style.inlineSize = place(begin + span.to - span.from);
    return piece;
  });
  const marks = [];
  if (fine) {
    const step = Math.max(1, Math.ceil((end - begin) / HOUR / 6)) * HOUR;
    // Hours of the kiosk's own clock, whose offset is in its times.
    const offset = Date.parse(`${history.now.slice(0, 19)}Z`) - end;
    for (let at = Math.ceil((begin + offset) / step) * step - offset; at <= end; at += step) {
      const mark = make('b', {}, new Date(at + offset).toISOString().slice(11, 16));
      mark.style.insetInlineStart = place(at);
      marks.push(mark);
    }
  }
  return make(fine ? 'span.band.fine' : 'span.band', { 'aria-hidden': 'true' }, ...drawn, ...marks);
}

/** The list of the day's stretches, the last first; those that were over at once are left out. */
export function list(history) {
  const { spans } = shares(history);
  const told = spans.filter((span) => span.to - span.from > 20e3 || span === spans.at(-1)).slice(-60).reverse();
  return make('ol.spans', {}, ...told.map((span) => {
    const dot = make('i', { 'aria-hidden': 'true' });
    paint(dot, span);
    const word = span.seen === 'mood' ? moodWord(span.mood, lookOf(span.mood).look) : say(`today.${span.seen}`);
    const minutes = Math.round((span.to - span.from) / 60e3);
    return make('li', {}, make('time', {}, timeOf(span.at)), dot, make('span', {}, word),
      make('small', {}, minutes < 1 ? '' : minutes < 120 ? `${minutes} min` : `${(minutes / 60).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} h`));
  }));
}
