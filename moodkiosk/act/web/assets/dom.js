// Making elements, and filling words in. Text is always set as text: the page has no way to take it for markup.

import words from './words.js';

/** The words for `key`, with {slots} filled. */
export function say(key, slots = {}) {
  return words[key].replace(/\{(\w+)\}/g, (all, name) => slots[name] ?? all);
}

/** A label as people say it: the language's word for it, else the label itself. */
export function moodWord(label, look) {
  if (words[`mood.${label}`]) return words[`mood.${label}`];
  if (look !== 'other' && label.toLowerCase().startsWith(look.slice(0, 5)) && words[`mood.${look}`]) return words[`mood.${look}`];
  return label.charAt(0).toLocaleUpperCase() + label.slice(1);
}

/** An element: make('p.small', {id: 'x'}, 'text', child, …); `on…` are listeners, false and null are left out. */
export function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/** An icon of those in the page. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

/** Sets text where it differs, so that a screen reader hears only what is new. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** "20:14" of an ISO time: the kiosk's own time of day, wherever the browser is. */
export const timeOf = (iso) => (iso || '').slice(11, 16);

/** A sentence of the kiosk's, which is always English, whatever the language of the page. */
export const english = (text) => make('span', { lang: 'en' }, text);

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
