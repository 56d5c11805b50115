package whorl.evidence.channel;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Copies;

/**
 * One thing that a hunt found in a JVM.
 *
 * @param what a line for people, such as the class or the rule's title
 * @param first when it was first seen, by the agent's clock; null if that is not known
 * @param last when it was last seen
 * @param thread the Java thread's name
 * @param request the id of the request for which it happened
 * @param fields details by name: strings, numbers, booleans, lists of strings
 */
public record HuntRow(
    String what,
    @Nullable Instant first,
    @Nullable Instant last,
    @Nullable String thread,
    @Nullable String request,
    Map<String, Object> fields) {
  /** Limit of the fields of a row. */
  public static final int FIELDS_MAX = 40;

  public HuntRow {
    fields = Copies.copy("fields", fields, FIELDS_MAX);
  }
}
