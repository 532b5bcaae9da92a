// Making elements, and filling words in. Text is always set as text: the page has no way to take it for markup.

import words from './words.js';

const lang = document.documentElement.lang;
const plural = new Intl.PluralRules(lang);

/** The words for `key`, with {slots} filled; of several plural forms that for `slots.count`. */
export function say(key, slots = {}) {
  const text = words[key] ?? words[`${key}.${plural.select(slots.count)}`] ?? words[`${key}.other`];
  if (text === undefined) return slots.text ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in slots ? field(slots[name]) : all));
}

/** A field in words: a reason is a sentence of its own, several are a list, a number has its decimal sign. */
function field(value) {
  if (Array.isArray(value)) return value.map(field).join(words['list.comma']);
  if (typeof value === 'number') return String(value).replace('.', words['number.point']);
  return value?.key ? say(value.key, value.fields) : String(value ?? '');
}

const has = (key) => key in words || `${key}.other` in words;

/** Whether there are words for all that is said in a field; where there are none, its `text` stands in. */
const known = (value) => Array.isArray(value) ? value.every(known)
  : !value?.key || 'text' in value.fields || (has(value.key) && known(Object.values(value.fields)));

/** A field of a sentence, to be shown by itself. */
export function part(value) {
  return value?.key && known(value) ? document.createTextNode(field(value)) : make('span', { lang: 'en' }, value?.key ? '…' : value ?? '');
}

/** A sentence of the kiosk's by its key, in the language of the page; what other programs have said, as it is. */
export function told(body, name = 'error') {
  const key = body[`${name}_key`], fields = body[`${name}_fields`] ?? {};
  if (has(key) && known(Object.values(fields))) return document.createTextNode(say(key, fields));
  return make('span', { lang: 'en' }, body[name] ?? '');
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

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
