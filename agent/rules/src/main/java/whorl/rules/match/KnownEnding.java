package whorl.rules.match;

import java.util.ArrayList;
import java.util.List;
import whorl.event.AgentEvent;

/**
 * A field that has the same value in all events; only its end is known. Every condition on it is
 * decided when the rule is read, or unknown.
 *
 * @param name of the field
 * @param ending in lower case; the value is longer
 */
public record KnownEnding(String name, String ending) implements Field {
  /** Always, never or unknown: whether the value passes one of the tests. */
  public Matcher passes(List<ValueTest> tests) {
    Matcher unknown = Logic.unknown(name);
    List<Matcher> parts = new ArrayList<>();
    for (ValueTest test : tests) {
      parts.add(test instanceof TextTest text ? text.ofEnding(ending, unknown) : unknown);
    }
    return Logic.any(parts);
  }

  @Override
  public boolean any(MatchedEvent matchedEvent, ValueTest test) {
    return false;
  }

  @Override
  public boolean isPresent(MatchedEvent matchedEvent) {
    return true;
  }

  @Override
  public String value(AgentEvent event) {
    return "…" + ending;
  }

  @Override
  public boolean isValue() {
    return false;
  }

  @Override
  public long cost() {
    return 0;
  }
}
