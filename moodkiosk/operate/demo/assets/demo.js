// The hand that directs the drawn actor: every button is a cue.

const buttons = [...document.querySelectorAll('[data-cue]')];
const trouble = document.getElementById('trouble');

function show(play) {
  for (const button of buttons) {
    const cue = button.dataset.cue;
    const on = cue === 'by_themselves' ? play.by_themselves : cue === 'friend' ? play.friend : cue === play.mood;
    if (cue !== 'leave') button.setAttribute('aria-pressed', String(on));
  }
}

async function ask(options) {
  try {
    const answer = await fetch('/play', options);
    if (!answer.ok) throw new Error(answer.status);
    trouble.textContent = '';
    show(await answer.json());
  } catch {
    trouble.textContent = trouble.dataset.gone;
  }
}

for (const button of buttons) {
  button.addEventListener('click', () => {
    const there = button.dataset.cue === 'friend' && button.getAttribute('aria-pressed') === 'true';
    const cue = there ? 'alone' : button.dataset.cue;
    ask({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ cue }) });
  });
}
document.getElementById('points').addEventListener('change', (event) => {
  document.getElementById('picture').src = event.target.checked ? '/picture?points' : '/picture';
});

/** Shows the kiosk's page as soon as there is one. */
async function open() {
  const ready = await fetch('/ready').then((answer) => answer.json(), () => false);
  const kiosk = document.getElementById('kiosk');
  if (ready) kiosk.src = kiosk.dataset.src;
  else setTimeout(open, 300);
}

ask();
open();
