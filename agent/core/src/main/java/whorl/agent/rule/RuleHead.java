package whorl.agent.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/**
 * What a rule of either kind, of events or of correlations, says about itself.
 *
 * @param id its own, or one made from its title where it has none
 * @param name what correlations may call it besides its id; null where it has none
 * @param level medium where the rule says nothing
 * @param tags ATT&amp;CK and other tags, such as {@code attack.t1059}
 */
public record RuleHead(
    String id,
    @Nullable String name,
    String title,
    Level level,
    @Nullable String description,
    List<String> tags) {
  public RuleHead {
    tags = List.copyOf(tags);
  }

  /** Whether a correlation that refers to {@code reference} means this rule. */
  boolean isCalled(String reference) {
    return id.equalsIgnoreCase(reference) || reference.equals(name);
  }

  @Override
  public String toString() {
    return title + " (" + id + ")";
  }
}
