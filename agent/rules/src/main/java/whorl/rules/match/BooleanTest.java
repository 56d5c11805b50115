package whorl.rules.match;

/** Passes for {@code true} or {@code false}, or for the same word as text. */
public record BooleanTest(boolean wanted) implements ValueTest {
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
