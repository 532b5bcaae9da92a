// The face: a handful of numbers, and how they are drawn. Nothing moves while nothing changes.
//
// The viewBox is 200 × 200, the head a circle around its middle. Numbers: 0 is at rest, 1 is a lot.
//   browLift  up            browTilt  inner ends up (worried), negative: down (cross)   browSkew  left brow higher
//   eyeOpen   1 normal      eyeSmile  lower lids up       gazeX, gazeY  where it looks
//   curve     corners up    open      mouth open          width   1 normal    skew  one corner higher
//   blush     cheeks        tilt      of the head, degrees

const REST = {
  browLift: 0, browTilt: 0, browSkew: 0, eyeOpen: 1, eyeSmile: 0, gazeX: 0, gazeY: 0,
  curve: 0.22, open: 0, width: 1, skew: 0, blush: 0.25, tilt: 0,
};

const LOOKS = {
  neutral: {},
  happy: { browLift: 0.5, eyeOpen: 0.5, eyeSmile: 1, curve: 1, open: 0.62, width: 1.18, blush: 1 },
  sad: { browTilt: 0.95, browLift: 0.15, eyeOpen: 0.78, gazeY: 0.7, curve: -0.75, width: 0.78, blush: 0.1, tilt: -4 },
  angry: { browTilt: -1, browLift: -0.5, eyeOpen: 0.72, curve: -0.5, width: 0.86, blush: 0.75 },
  surprise: { browLift: 1.15, eyeOpen: 1.32, curve: 0.1, open: 1, width: 0.46, blush: 0.4 },
  fear: { browLift: 0.8, browTilt: 0.7, eyeOpen: 1.22, curve: -0.55, open: 0.22, width: 0.8, blush: 0 },
  disgust: { browTilt: -0.6, browLift: -0.2, eyeOpen: 0.55, curve: -0.6, width: 0.8, skew: 0.55, tilt: 4 },
  contempt: { browSkew: 0.5, eyeOpen: 0.7, curve: 0.15, skew: 0.7, gazeX: 0.4 },
  tired: { browLift: 0.1, browTilt: 0.3, eyeOpen: 0.36, curve: 0, width: 0.75, gazeY: 0.3, tilt: 5 },
  calm: { eyeOpen: 0.08, eyeSmile: 1, curve: 0.5, width: 0.85, blush: 0.5 },
  excited: { browLift: 1, eyeOpen: 1.15, curve: 1, open: 1, width: 1.2, blush: 1, tilt: -5 },
  thinking: { browSkew: 0.9, browLift: 0.15, gazeX: 0.8, gazeY: -0.7, curve: 0, width: 0.62, skew: 0.2, tilt: 5 },
  other: { tilt: 4, curve: 0.35, browLift: 0.25 },
  // Not moods, but states of the kiosk.
  asleep: { eyeOpen: 0.02, eyeSmile: -0.6, curve: 0.3, width: 0.5, browLift: -0.1, blush: 0.15, tilt: 7 },
  masked: { curve: 0.25, width: 0.6, blush: 0.1 },
  waking: { eyeOpen: 0.42, curve: 0.15, width: 0.6, browLift: 0.3, tilt: 4 },
  blind: { browTilt: 0.7, eyeOpen: 0.6, curve: -0.18, width: 0.6, gazeY: 0.5, blush: 0 },
};

// Labels belong to whoever trained the model; these are the words that people use. First match counts.
const WORDS = [
  [/happ|joy|smil|froh|glück|fröhl|cheer|laugh/, 'happy', 82],
  [/neutral|normal|rest|none/, 'neutral', 165],
  [/sad|traur|cry|unhapp|down|melanch/, 'sad', 252],
  [/ang(e)?r|mad|wüt|wut|rage|annoy/, 'angry', 32],
  [/sup?r?pris|überrasch|amaz|shock/, 'surprise', 308],
  [/fear|scare|angst|afraid|anxi/, 'fear', 285],
  [/disgust|ekel|yuck/, 'disgust', 122],
  [/contempt|smug|veracht/, 'contempt', 105],
  [/tired|sleep|müde|bored|langweil/, 'tired', 270],
  [/calm|relax|ruhig|peace|entspann|content/, 'calm', 195],
  [/excit|rock|party|energ|danc/, 'excited', 55],
  [/love|lieb|kiss/, 'happy', 5],
  [/think|nachdenk|confus|focus/, 'thinking', 225],
];

/** What a label looks like: the name of a look, and a hue in degrees of OKLCH. Labels nobody knows are neutral-ish. */
export function lookOf(label) {
  const text = label.toLowerCase();
  const known = WORDS.find(([words]) => words.test(text));
  if (known) return { look: known[1], hue: known[2] };
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return { look: 'other', hue: sum };
}

/** The numbers of a look; `strength` below 1 leaves it nearer to rest. */
export function numbersOf(look, strength = 1) {
  const wanted = { ...REST, ...LOOKS[look] };
  const found = {};
  for (const name in REST) found[name] = REST[name] + (wanted[name] - REST[name]) * strength;
  return found;
}

const SVG = 'http://www.w3.org/2000/svg';
let made = 0;

function part(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  parent.append(element);
  return element;
}

/** A face in an SVG element of its own. `fine` ones have light and shade. */
export class Face {
  constructor(fine = false) {
    const id = `face${made++}`;
    this.svg = document.createElementNS(SVG, 'svg');
    this.svg.setAttribute('viewBox', '0 0 200 200');
    this.svg.setAttribute('class', fine ? 'face fine' : 'face');
    this.svg.setAttribute('aria-hidden', 'true');
    const defs = part(this.svg, 'defs', {});
    if (fine) {
      const light = part(defs, 'radialGradient', { id: `${id}l`, cx: 0.38, cy: 0.3, r: 0.8 });
      part(light, 'stop', { offset: 0, class: 'skin-light' });
      part(light, 'stop', { offset: 0.55, class: 'skin' });
      part(light, 'stop', { offset: 1, class: 'skin-shade' });
    }
    this.head = part(this.svg, 'g', { class: 'head' });
    const skin = part(this.head, 'circle', { cx: 100, cy: 100, r: 90, class: 'skin' });
    if (fine) skin.setAttribute('fill', `url(#${id}l)`);
    this.cheeks = [55, 145].map((cx) => part(this.head, 'ellipse', { cx, cy: 118, rx: 17, ry: 10, class: 'cheek' }));
    this.eyes = [0, 1].map(() => part(this.head, 'path', { class: 'eye' }));
    this.glints = fine ? [0, 1].map(() => part(this.head, 'circle', { r: 3.6, class: 'glint' })) : [];
    this.brows = [0, 1].map(() => part(this.head, 'path', { class: 'line brow' }));
    this.inside = part(this.head, 'path', { class: 'mouth' });
    const clip = part(defs, 'clipPath', { id: `${id}m` });
    this.hole = part(clip, 'path', {});
    const held = part(this.head, 'g', { 'clip-path': `url(#${id}m)` });
    this.tongue = part(held, 'ellipse', { cx: 100, rx: 19, ry: 15, class: 'tongue' });
    this.lips = part(this.head, 'path', { class: 'line' });
    if (fine) this.#addMask(defs, `${id}k`);
    this.draw(numbersOf('neutral'));
  }

  /** A sleep mask, for a camera that is off. Shown by the style sheet. */
  #addMask(defs, id) {
    part(part(defs, 'clipPath', { id }), 'circle', { cx: 100, cy: 100, r: 90 });
    const mask = part(this.head, 'g', { class: 'mask', 'clip-path': `url(#${id})` });
    part(mask, 'path', { class: 'strap', d: 'M8 68 Q 28 80 46 84 M192 68 Q 172 80 154 84' });
    part(mask, 'path', {
      class: 'cloth',
      d: 'M36 76 Q 66 62 100 68 Q 134 62 164 76 Q 173 90 165 106 Q 154 125 129 122 Q 111 119 100 107 Q 89 119 71 122 Q 46 125 35 106 Q 27 90 36 76 Z',
    });
    part(mask, 'path', { class: 'stitch', d: 'M54 93 Q 67 104 80 93 M120 93 Q 133 104 146 93' });
  }

  /** Draws the face with these numbers, at once. */
  draw(n) {
    this.numbers = n;
    this.head.setAttribute('transform', `rotate(${n.tilt.toFixed(2)} 100 100)`);
    const up = n.browLift * 11 + Math.max(0, n.eyeOpen - 1) * 14;
    [-1, 1].forEach((side, index) => {
      const skew = n.browSkew * (side < 0 ? 9 : -5);
      const outer = -up - skew + n.browTilt * 7, inner = -up - skew - n.browTilt * 9;
      const y = 61, far = 100 + side * 49, near = 100 + side * 22, middle = 100 + side * 35;
      const bend = (outer + inner) / 2 - 5 - Math.max(0, n.browLift) * 3 + Math.abs(n.browTilt) * 3;
      this.brows[index].setAttribute('d', `M${far} ${y + outer + 2} Q ${middle} ${y + bend} ${near} ${y + inner + 2}`);
      const cx = 100 + side * 33 + n.gazeX * 5, cy = 90 + n.gazeY * 4;
      const w = 9.5, top = 14 * n.eyeOpen, shut = 1 - Math.min(1, n.eyeOpen * 1.4);
      // The lids: two curves. A smile bends both up into an arc, sleep bends both down.
      const arc = n.eyeSmile * 9 * (n.eyeSmile > 0 ? 1 : shut);
      const upper = -(top * (1 - Math.max(0, n.eyeSmile)) + arc) * (4 / 3);
      const lower = (top * (1 - Math.max(0, n.eyeSmile)) - arc) * (4 / 3);
      const wide = w + 4 * Math.max(shut, n.eyeSmile);
      this.eyes[index].setAttribute('d',
        `M${cx - wide} ${cy} C ${cx - wide} ${cy + upper} ${cx + wide} ${cy + upper} ${cx + wide} ${cy}` +
        ` C ${cx + wide} ${cy + lower} ${cx - wide} ${cy + lower} ${cx - wide} ${cy} Z`);
      const glint = this.glints[index];
      if (glint) {
        glint.setAttribute('cx', cx - 3 + n.gazeX * 2);
        glint.setAttribute('cy', cy - top * 0.38 + n.gazeY * 2);
        glint.style.opacity = n.eyeOpen > 0.5 && n.eyeSmile < 0.4 ? 1 : 0;
      }
      this.cheeks[index].style.opacity = 0.15 + n.blush * 0.5;
    });
    const half = 31 * n.width, y = 132, lift = n.curve * 8;
    const left = y - lift - n.skew * 7, right = y - lift + n.skew * 5;
    const up2 = y + n.curve * 13 - n.open * (20 - n.curve * 16), down = y + n.curve * 13 + n.open * 40;
    const top = `C ${100 - half * 0.5} ${up2} ${100 + half * 0.5} ${up2} ${100 + half} ${right}`;
    const bottom = `C ${100 + half * 0.62} ${down} ${100 - half * 0.62} ${down} ${100 - half} ${left}`;
    const d = `M${100 - half} ${left} ${top} ${bottom} Z`;
    for (const path of [this.inside, this.hole, this.lips]) path.setAttribute('d', d);
    this.inside.style.opacity = n.open > 0.06 ? 1 : 0;
    this.tongue.setAttribute('cy', y + n.curve * 10 + n.open * 34);
    this.tongue.style.opacity = n.open > 0.3 ? 1 : 0;
  }

  /** Goes over to other numbers, gently, and then rests. */
  go(target, calm) {
    cancelAnimationFrame(this.frame);
    if (calm || document.hidden) return this.draw(target);
    const from = { ...this.numbers }, start = performance.now(), lasts = 700;
    if (Object.keys(target).every((name) => Math.abs(target[name] - from[name]) < 0.004)) return undefined;
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - start) / lasts));
      const eased = 1 - (1 - t) ** 3 * (1 - 1.1 * t); // a little over, and back
      const found = {};
      for (const name in target) found[name] = from[name] + (target[name] - from[name]) * eased;
      this.draw(t < 1 ? found : target);
      if (t < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
    return undefined;
  }
}

/** A small face for a label, as on buttons. */
export function smallFace(label) {
  const { look, hue } = lookOf(label);
  const face = new Face();
  face.draw(numbersOf(look));
  face.svg.style.setProperty('--hue', hue);
  face.svg.style.setProperty('--chroma', look === 'neutral' ? 0.05 : 0.13);
  return face.svg;
}
