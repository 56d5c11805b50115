package whorl.collector.cli.replay;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import whorl.evidence.EventLine;

/** Selects the events to show; all given conditions must hold. */
final class ReplayFilter {
  /** JFR's own bookkeeping: hundreds of events at the start of each recording. */
  private static final Glob BOOKKEEPING = new Glob("jdk.Active*");

  @Option(
      names = "--events",
      paramLabel = "TYPE[,TYPE...]",
      split = ",",
      converter = GlobConverter.class,
      description = {
        "Only events of these types; * stands for any",
        "characters (default: all but JFR's own settings).",
      })
  private List<Glob> types = List.of();

  @Option(
      names = "--where",
      paramLabel = "FIELD=VALUE",
      converter = WhereConverter.class,
      description = {
        "Only events that have this field with this value;",
        "* stands for any characters. May be repeated, all",
        "must hold.",
      })
  private List<Where> wheres = List.of();

  @Option(names = "--request", paramLabel = "ID", description = "Only what happened for it.")
  private @Nullable String request;

  @Option(
      names = "--thread",
      paramLabel = "NAME",
      converter = GlobConverter.class,
      description = "Only of threads of this name, such as 'http-*'.")
  private @Nullable Glob thread;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Only from this time on, as 2026-11-24T12:00:00Z.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Only until this time.")
  private @Nullable Instant to;

  /** A field and the pattern for its value. */
  record Where(String field, Glob value) {
    boolean holds(EventLine event) {
      Object found = event.fields().get(field);
      return found != null && value.matches(found.toString());
    }
  }

  boolean matchesType(String type) {
    return types.isEmpty()
        ? !BOOKKEEPING.matches(type)
        : types.stream().anyMatch(glob -> glob.matches(type));
  }

  /**
   * Checks an event whose type was already selected.
   *
   * @param end of the event
   */
  boolean matches(EventLine event, Instant end) {
    String name = event.thread();
    return (from == null || !end.isBefore(from))
        && (to == null || !event.time().isAfter(to))
        && (thread == null || name != null && thread.matches(name))
        && (request == null || request.equals(event.fields().get("requestId")))
        && wheres.stream().allMatch(where -> where.holds(event));
  }

  /** Parses a text with wildcards. */
  static final class GlobConverter implements ITypeConverter<Glob> {
    @Override
    public Glob convert(String text) {
      return new Glob(text.strip());
    }
  }

  /** Parses a condition. */
  static final class WhereConverter implements ITypeConverter<Where> {
    @Override
    public Where convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new TypeConversionException("not FIELD=VALUE: " + text);
      }
      return new Where(text.substring(0, equals), new Glob(text.substring(equals + 1)));
    }
  }

  /** Parses a time with an offset. */
  static final class TimeConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "no time with an offset, such as 2026-11-24T12:00:00Z: " + text);
      }
    }
  }
}
