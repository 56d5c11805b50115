package whorl.rules.logsource;

import org.jspecify.annotations.Nullable;
import whorl.rules.match.Fields;

/**
 * The events that rules of one logsource are about.
 *
 * @param product null if rules name none
 * @param fields by the names that such rules use
 * @param only which of the events of these types are meant; null for all
 */
public record EventSource(
    @Nullable String product, String category, Fields fields, @Nullable Condition only) {

  /**
   * A condition in Sigma's form, on the events' own fields.
   *
   * @param selection a map, or a list of maps
   */
  public record Condition(Fields fields, Object selection) {}

  /** True if rules use the events' own names, so that one which is not there is a mistake. */
  public boolean isOwn() {
    return fields.map() == null;
  }
}
