package whorl.collector.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import whorl.evidence.EventLine;

/** Which events of a recording are wanted; all that is given must hold. */
final class ReplayFilter {
  /** JFR's own bookkeeping, hundreds of events at the head of each recording. */
  private static final Glob BOOKKEEPING = new Glob("jdk.Active*");

  private final List<Glob> types = new ArrayList<>();
  private final List<Where> wheres = new ArrayList<>();
  private @Nullable Instant from;
  private @Nullable Instant to;
  private @Nullable Glob thread;

  @Option(names = "--request", paramLabel = "ID", description = "Only what happened for it.")
  private @Nullable String request;

  /** A field and what its value must look like. */
  private record Where(String field, Glob value) {}

  @Option(
      names = "--events",
      paramLabel = "TYPE",
      description = {
        "Only events of these types, such as",
        "'whorl.*,jdk.ProcessStart' (default: all but",
        "JFR's own settings).",
      })
  void events(String list) {
    Arrays.stream(list.split(","))
        .map(String::strip)
        .filter(type -> !type.isEmpty())
        .map(Glob::new)
        .forEach(types::add);
  }

  @Option(
      names = "--where",
      paramLabel = "FIELD=VALUE",
      description = {
        "Only events with such a field; * stands for any",
        "characters. May be repeated, all must hold.",
      })
  void where(List<String> conditions) {
    for (String condition : conditions) {
      int equals = condition.indexOf('=');
      if (equals < 1) {
        throw CliException.usage(
            "no condition: " + condition, "say --where FIELD=VALUE, such as path='/etc/*'");
      }
      wheres.add(
          new Where(condition.substring(0, equals), new Glob(condition.substring(equals + 1))));
    }
  }

  @Option(names = "--thread", paramLabel = "NAME", description = "Only of threads of this name.")
  void thread(String name) {
    thread = new Glob(name);
  }

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only from this time on, as 2026-11-24T12:00:00Z.")
  void from(String time) {
    from = time("--from", time);
  }

  @Option(names = "--to", paramLabel = "TIME", description = "Only until this time.")
  void to(String time) {
    to = time("--to", time);
  }

  private static Instant time(String option, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw CliException.usage(
          option + " is no time: " + text, "say 2026-11-24T12:00:00Z or 2026-11-24T13:00:00+01:00");
    }
  }

  boolean wantsType(String type) {
    return types.isEmpty()
        ? !BOOKKEEPING.matches(type)
        : types.stream().anyMatch(glob -> glob.matches(type));
  }

  /**
   * Of an event whose type is wanted.
   *
   * @param end when it was over
   */
  boolean wants(EventLine event, Instant end) {
    return (from == null || !end.isBefore(from))
        && (to == null || !event.time().isAfter(to))
        && (thread == null || event.thread() != null && thread.matches(event.thread()))
        && (request == null || request.equals(event.fields().get("requestId")))
        && wheres.stream().allMatch(where -> holds(where, event));
  }

  private static boolean holds(Where where, EventLine event) {
    Object value = event.fields().get(where.field());
    return value != null && where.value().matches(value.toString());
  }
}
