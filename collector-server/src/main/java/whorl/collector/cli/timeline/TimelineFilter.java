package whorl.collector.cli.timeline;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.command.WhereText;
import whorl.collector.cli.ids.GivenRow;
import whorl.collector.cli.terminal.CliException;

/** Selects the rows of a timeline. The collector validates the values. */
final class TimelineFilter extends PeriodOptions {
  @Option(
      names = {"--type", "--events"},
      paramLabel = "T",
      split = ",",
      description = "Only these events, such as whorl.FileOpen or 'whorl.File*'.")
  private List<String> types = List.of();

  @Option(
      names = "--grep",
      paramLabel = "WORDS",
      description = "Only rows in which all these words occur, in any case.")
  private @Nullable String grep;

  @Option(
      names = "--where",
      paramLabel = "C=V",
      description = {
        "Only where column C is V: C=V, C!=V, C='V*', C='*V*', or C:OP:V with OP eq, ne, contains"
            + " or prefix. May be repeated.",
      })
  private List<String> where = new ArrayList<>();

  @Option(names = "--thread", paramLabel = "NAME", description = "Only of this thread.")
  private @Nullable String thread;

  @Option(names = "--request", paramLabel = "ID", description = "Only of this HTTP request.")
  private @Nullable String request;

  @Option(names = "--marked", description = "Only rows that somebody marked.")
  private boolean marked;

  @Option(names = "--starred", description = "Only rows with a star.")
  private boolean starred;

  @Option(
      names = "--tag",
      paramLabel = "T",
      split = ",",
      description = "Only rows with one of these tags.")
  private List<String> tags = List.of();

  @Option(
      names = "--duplicates",
      description = "Also rows of alerts and of files' times that say what others say.")
  private boolean duplicates;

  @Option(
      names = "--around",
      paramLabel = "ROW",
      description = "What happened around this row, as the ROW column names it.")
  private @Nullable String around;

  @Option(
      names = "--span",
      paramLabel = "TIME",
      description = "How long before and after it, such as 500ms or 2m (30s).")
  private @Nullable String span;

  @Option(names = "--newest-first", description = "The newest row first.")
  private boolean newestFirst;

  /**
   * The API's parameters.
   *
   * @param collector says which evidence a part of an id means
   */
  Map<String, String> query(boolean stacks, InstantSource clock, CollectorClient collector) {
    Map<String, String> query = new LinkedHashMap<>();
    Instant from = from(clock);
    Instant to = to(clock);
    put(query, "from", from == null ? null : from.toString());
    put(query, "to", to == null ? null : to.toString());
    put(query, "type", types.isEmpty() ? null : String.join(",", types));
    put(query, "q", grep);
    put(query, "where", where.isEmpty() ? null : conditions());
    put(query, "thread", thread);
    put(query, "request", request);
    put(query, "marked", marked ? "true" : null);
    put(query, "star", starred ? "true" : null);
    put(query, "tag", tags.isEmpty() ? null : String.join(",", tags));
    put(query, "duplicates", duplicates ? "true" : null);
    put(query, "around", around(collector));
    put(query, "span", span);
    put(query, "order", newestFirst ? "desc" : null);
    put(query, "stacks", stacks ? "true" : null);
    return query;
  }

  /** A row's number, or its whole {@code event.id}. */
  private @Nullable String around(CollectorClient collector) {
    if (around == null || !around.contains(":")) {
      return around;
    }
    try {
      return GivenRow.of(around).eventId(collector);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--around: " + e.getMessage(), null);
    }
  }

  /** The filter for live events. */
  JournalFilter live() {
    return new JournalFilter(types, grep, thread, request);
  }

  /** Refuses options that have no meaning with {@code option}. */
  void refuseAllBut(String option, String... allowed) {
    Map<String, @Nullable Object> options = new LinkedHashMap<>();
    options.put("--since", from());
    options.put("--until", to());
    options.put("--where", where.isEmpty() ? null : where);
    options.put("--around", around);
    options.put("--span", span);
    options.put("--marked", marked ? true : null);
    options.put("--starred", starred ? true : null);
    options.put("--tag", tags.isEmpty() ? null : tags);
    options.put("--duplicates", duplicates ? true : null);
    options.put("--newest-first", newestFirst ? true : null);
    options.forEach(
        (name, value) -> {
          if (value != null) {
            throw CliException.usage(
                name + " has no meaning with " + option, "use only " + String.join(", ", allowed));
          }
        });
  }

  /** Semicolons separate conditions in the API, so a semicolon within a value is escaped. */
  private String conditions() {
    return String.join(
        ";",
        where.stream()
            .map(WhereText::ofTimeline)
            .map(condition -> condition.replace("\\", "\\\\").replace(";", "\\;"))
            .toList());
  }

  private static void put(Map<String, String> query, String name, @Nullable String value) {
    if (value != null) {
      query.put(name, value);
    }
  }
}
