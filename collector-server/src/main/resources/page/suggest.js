// Fields that suggest what there is.

import { Component } from './lib.js';
import { html } from './html.js';
import { fleet } from './api.js';
import { Search } from './parts.js';

/** A search for a service by its exact name, with those of the fleet as suggestions. */
export class ServiceSearch extends Component {
  componentDidMount() {
    this.request = new AbortController();
    fleet.services(this.request.signal).then(
      ({ services }) => this.setState({ names: services.map((each) => each.service) }),
      () => {}, // without suggestions the field works as well
    );
  }

  componentWillUnmount() {
    this.request.abort();
  }

  render({ value, onSearch }, { names }) {
    return html`<${Search}
      label="Service"
      name="service"
      value=${value}
      placeholder="exact name"
      suggestions=${[...new Set(names ?? [])].slice(0, 500)}
      onSearch=${onSearch}
    />`;
  }
}
