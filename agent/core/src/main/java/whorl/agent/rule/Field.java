package whorl.agent.rule;

/** A field that a rule names, found once and then read without any look-up by name. */
interface Field {
  /** Whether one of the field's values passes; a field that is absent has none. */
  boolean any(Subject subject, ValueTest test);

  /** Whether the event has a value for it. */
  boolean present(Subject subject);

  /** What reading costs, as {@link Matcher#cost}. */
  long cost();
}
