package whorl.agent.rule;

/** {@code true} or {@code false}, or a text that says so. */
record BooleanTest(boolean wanted) implements ValueTest {
  @Override
  public boolean test(Object value) {
    return value instanceof Boolean truth
        ? truth == wanted
        : (wanted ? "true" : "false").equalsIgnoreCase(ValueTest.text(value));
  }

  @Override
  public long cost() {
    return 1;
  }
}
