package whorl.collector.cli.login;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An API token.
 *
 * @param token only in the answer to its making
 */
public record TokenRow(
    String id,
    @Nullable String token,
    String name,
    String role,
    List<String> namespaces,
    List<String> services,
    Map<String, String> labels,
    String maker,
    boolean own,
    Instant made,
    Instant expires,
    @Nullable Instant used) {
  public TokenRow {
    namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
    services = services == null ? List.of() : List.copyOf(services);
    labels = labels == null ? Map.of() : Map.copyOf(labels);
  }

  /** Never shows the token. */
  @Override
  public String toString() {
    return "API token " + id;
  }
}
