package whorl.rules.match;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;

/**
 * A field that events of one type do not have, whose value follows from those that they have.
 * Making it allocates, so {@link #required} should say what an event needs for a text to be in it.
 * Compared by identity.
 */
public abstract class DerivedField implements Field {
  private static final long COST = 30;

  @Override
  public abstract @Nullable Object value(AgentEvent event);

  @Override
  public abstract @Nullable RequiredTexts required(List<String> texts);

  @Override
  public final boolean any(MatchedEvent matchedEvent, ValueTest test) {
    return Fields.anyOf(matchedEvent.derived(this), test);
  }

  @Override
  public final boolean isPresent(MatchedEvent matchedEvent) {
    return matchedEvent.derived(this) != null;
  }

  @Override
  public final long cost() {
    return COST;
  }
}
