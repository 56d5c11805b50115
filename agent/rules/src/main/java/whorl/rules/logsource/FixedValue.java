package whorl.rules.logsource;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.rules.match.DerivedField;
import whorl.rules.match.RequiredTexts;

/** A field that has the same value in all events of a type. */
final class FixedValue extends DerivedField {
  private final Object value;

  FixedValue(Object value) {
    this.value = value;
  }

  @Override
  public Object value(AgentEvent event) {
    return value;
  }

  @Override
  public @Nullable RequiredTexts required(List<String> texts) {
    return null;
  }
}
