package whorl.agent.rule;

/** A part of a rule's condition, compiled. Pure, immutable, and called by any thread. */
interface Matcher {
  boolean matches(Subject subject);

  /** What asking costs, relative to comparing two short texts; the cheap parts are asked first. */
  long cost();
}
