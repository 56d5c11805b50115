package whorl.rules.match;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/**
 * The metadata of a rule or correlation.
 *
 * @param id its own, or one derived from its title
 * @param name a name for correlations besides the id; null if there is none
 * @param level medium if the rule has none
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

  /** True if a correlation that refers to {@code reference} means this rule. */
  public boolean isCalled(String reference) {
    return id.equalsIgnoreCase(reference) || reference.equals(name);
  }

  @Override
  public String toString() {
    return title + " (" + id + ")";
  }
}
