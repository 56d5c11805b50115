package whorl.collector.cli.ids;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

/**
 * Resolves ids that are given by a part, with the collector's help: it knows what the user may see.
 * A whole id is taken as it is, without a request.
 */
public final class Ids {
  private static final int LISTED_MAX = 1_000;
  private static final int SHOWN_MAX = 10;

  private Ids() {}

  /**
   * The id that is meant.
   *
   * @throws CliException with {@link ExitStatus#NOTHING_MATCHED} if there is none, and with {@link
   *     ExitStatus#WRONG_USAGE} and the candidates if there are several
   */
  public static Id of(CollectorClient collector, IdKind kind, GivenId given) {
    return of(collector, kind, given, null);
  }

  /**
   * The same.
   *
   * @param service only of this service; null for any
   */
  public static Id of(
      CollectorClient collector, IdKind kind, GivenId given, @Nullable String service) {
    Id whole = given.whole();
    if (whole != null) {
      return whole;
    }
    if (given.isLatest() && !kind.hasLatest()) {
      throw CliException.usage(
          "a " + kind.words() + " is not given as latest", "`" + kind.listing() + "` has the ids");
    }
    String only = given.service() == null ? service : given.service();
    List<JsonNode> candidates =
        kind.lookup() == null
            ? listed(collector, kind, given, only)
            : found(collector, kind, given, only);
    if (candidates.isEmpty()) {
      throw new CliException(
          ExitStatus.NOTHING_MATCHED,
          given.isLatest()
              ? "there is no " + kind.words() + (only == null ? "" : " of service " + only)
              : "no " + kind.words() + " has an id that begins or ends with " + given.text(),
          "`" + kind.listing() + "` shows what there is");
    }
    if (candidates.size() > 1) {
      throw ambiguous(kind, given, candidates);
    }
    return new Id(candidates.get(0).path("id").asText());
  }

  /** The ids that are meant, in the same order. */
  public static List<Id> all(CollectorClient collector, IdKind kind, List<GivenId> given) {
    List<Id> ids = new ArrayList<>();
    for (GivenId each : given) {
      Id id = of(collector, kind, each);
      if (!ids.contains(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** The id that is meant; null if none is given. */
  public static @Nullable Id orNull(
      CollectorClient collector, IdKind kind, @Nullable GivenId given) {
    return given == null ? null : of(collector, kind, given);
  }

  private static List<JsonNode> found(
      CollectorClient collector, IdKind kind, GivenId given, @Nullable String service) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("kind", String.valueOf(kind.lookup()));
    query.put("id", given.text());
    if (service != null) {
      query.put("service", service);
    }
    List<JsonNode> found = new ArrayList<>();
    collector.json(kind.path(), query).path(kind.list()).forEach(found::add);
    return found;
  }

  /** For things that no route finds by a part of the id: compares the newest of them here. */
  private static List<JsonNode> listed(
      CollectorClient collector, IdKind kind, GivenId given, @Nullable String service) {
    List<JsonNode> all =
        collector
            .list(
                kind.path(),
                kind.list(),
                Map.of(),
                given.isLatest() && service == null ? 1 : LISTED_MAX,
                JsonNode.class)
            .json();
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode each : all) {
      boolean ofService = service == null || service.equals(each.path("service").asText());
      if (ofService && (given.isLatest() || given.matches(each.path("id").asText()))) {
        found.add(each);
      }
    }
    return given.isLatest() && !found.isEmpty() ? found.subList(0, 1) : found;
  }

  private static CliException ambiguous(IdKind kind, GivenId given, List<JsonNode> candidates) {
    StringBuilder lines = new StringBuilder("it may be");
    int shown = 0;
    for (JsonNode each : candidates) {
      if (shown++ == SHOWN_MAX) {
        lines.append("\n  and others");
        break;
      }
      lines.append("\n  ").append(each.path("id").asText());
      for (String name : List.of("service", "title", "name", "reason", "time", "requestedAt")) {
        String text = each.path(name).asText("");
        if (!text.isEmpty() && !each.path(name).isNull()) {
          lines.append("  ").append(text);
        }
      }
    }
    return CliException.usage(
        "several have an id that begins or ends with "
            + given.text()
            + ": give more of the "
            + kind.words()
            + "'s id",
        lines.toString());
  }
}
