// The way to the report, which needs the timeline: until that is there, this says how far it is.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { download } from '../../api.js';
import { Indexed, WhyNot, isReady } from './indexed.js';

export const Report = ({ id }) => html`<section class="stack">
  <h2>Report</h2>
  <${Indexed} id=${id}>
    ${(index) =>
      isReady(index)
        ? html`<${Redirect} to=${download.report(id, 'html')} />`
        : html`<${WhyNot} index=${index} what="The report" />`}
  <//>
</section>`;

/** Replaces its entry in the history, so that “Back” in the browser does not lead here again. */
class Redirect extends Component {
  componentDidMount() {
    location.replace(this.props.to);
  }

  render({ to }) {
    return html`<p role="status">
      The report is being written; it takes some seconds. <a href=${to}>Open it</a>
    </p>`;
  }
}
