package whorl.collector.http.request;

import whorl.collector.store.access.Part;

/** A role, and the part of what the collector keeps for which it is given. */
public record Grant(Role role, Part part) {}
