// A keyboard of our own, for the screen on the kiosk itself: a full-screen browser under cage has none.

import words from './words.js';
import { make, say } from './dom.js';

const wanted = new URLSearchParams(location.search).has('screen');
let listening = null;

/** Shows keys in `sheet` while one of its text fields has the focus. */
export function attachKeyboard(sheet) {
  if (!wanted) return;
  const place = make('div.keys', { hidden: true });
  sheet.firstElementChild.append(place);
  let field = null, capitals = false;

  const type = (text) => {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    if (capitals) { capitals = false; draw(); }
  };
  const erase = () => {
    if (field.selectionStart === field.selectionEnd && field.selectionStart > 0) field.selectionStart -= 1;
    field.setRangeText('', field.selectionStart, field.selectionEnd, 'end');
  };
  const key = (face, use, label = null, kind = '') => make(`button${kind}`, {
    type: 'button', tabindex: -1, 'aria-label': label,
    onpointerdown: (event) => event.preventDefault(), // the field keeps the focus
    onclick: use,
  }, face);
  const draw = () => {
    const rows = ['1234567890', ...words.keyboard.split(' ')].map((row) => [...row].map((letter) => {
      const shown = capitals && letter !== 'ß' ? letter.toLocaleUpperCase() : letter;
      return key(shown, () => type(shown));
    }));
    rows.at(-1).unshift(key('⇧', () => { capitals = !capitals; draw(); }, say('keyboard.shift'), capitals ? '.wide.on' : '.wide'));
    rows.at(-1).push(key('-', () => type('-')), key("'", () => type("'")), key('⌫', erase, say('keyboard.delete'), '.wide'));
    rows.push([key(say('keyboard.space'), () => type(' '), null, '.space'), key(say('do.done'), () => field.blur(), null, '.wide')]);
    place.replaceChildren(...rows.map((row) => make('div', { dir: 'ltr' }, ...row)));
  };
  listening?.abort(); // to the sheet as it was before
  listening = new AbortController();
  sheet.addEventListener('focusin', (event) => {
    if (!event.target.matches('input:not([type=range], [type=radio])')) return;
    field = event.target;
    capitals = field.value === '';
    draw();
    place.hidden = false;
    field.scrollIntoView({ block: 'end' });
  }, listening);
  sheet.addEventListener('focusout', () => { place.hidden = true; }, listening);
}
