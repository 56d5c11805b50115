// What `whorl open` serves: where it is from, and whether it is what was sealed. Always in sight,
// since nothing that follows is worth more than this.

import { html } from '../html.js';
import { href } from '../router.js';
import { plural } from '../words.js';

/** Whether there is nothing to compare with: one piece of evidence that `whorl open` shows. */
export const isAlone = (user) => user.opened?.length === 1;

/** Of a folder of bags; the list of evidence has all. */
const SHOWN = 10;

/** Of the evidence in the address, or of all. */
export const Opened = ({ evidence, id }) => {
  const shown = evidence.some((one) => one.id === id)
    ? evidence.filter((one) => one.id === id)
    : evidence;
  return html`<aside class="opened" aria-label="Opened on this machine">
    ${shown.slice(0, SHOWN).map(
      (one) => html`<div key=${one.id}>
        <p>
          ${Verdict(one)} · opened on this machine from <code class="wrap">${one.path}</code>
          ${
            shown.length > 1 &&
            html`
              ${' '}
              <a href=${href(['evidence', one.id])}>open it</a>
            `
          }
        </p>
        ${
          one.decrypted > 0 &&
          html`<p>
            ${plural(one.decrypted, 'artifact')} decrypted on this machine: findings come from the
            decrypted content.
          </p>`
        }
        ${
          one.encrypted &&
          html`<p class="warn">
            ▲ Its artifacts are encrypted and were not examined: it is not known whether there was
            an attack. Open it with <code>--identity KEY</code>.
          </p>`
        }
        ${
          one.problems.length > 0 &&
          html`<ul class="plain-list warn">
            ${one.problems.slice(0, 5).map((text, i) => html`<li key=${i}>${text}</li>`)}
            ${
              one.problems.length > 5 &&
              html`<li>
                and ${plural(one.problems.length - 5, 'more problem')}
              </li>`
            }
          </ul>`
        }
        ${
          one.notes.length > 0 &&
          html`<details>
            <summary>Keys and remarks of the verification</summary>
            <ul class="plain-list">
              ${one.notes.map((text, i) => html`<li key=${i} class="wrap">${text}</li>`)}
            </ul>
          </details>`
        }
      </div>`,
    )}
    ${
      shown.length > SHOWN &&
      html`<p>
        and ${plural(shown.length - SHOWN, 'other')}: <a href=${href(['evidence'])}>all evidence</a>
      </p>`
    }
  </aside>`;
};

const Verdict = ({ verified, compared }) =>
  verified
    ? html`<b class="good">✓ Verified</b> with ${
      compared ? 'what you gave to compare with' : 'the keys that came with it'
    }`
    : html`<b class="warn">
      ${verified === false ? '✕ NOT verified' : '✕ Not verified: it has no manifest'}
    </b>`;
