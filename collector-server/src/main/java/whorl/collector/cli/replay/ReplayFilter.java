package whorl.collector.cli.replay;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.command.WhereText;
import whorl.evidence.EventLine;

/** Selects the events to show; all given conditions must hold. */
final class ReplayFilter extends PeriodOptions {
  /** JFR's own bookkeeping: hundreds of events at the start of each recording. */
  private static final Glob BOOKKEEPING = new Glob("jdk.Active*");

  private static final String REQUEST = "requestId";

  @Option(
      names = {"--events", "--type"},
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
        "* stands for any characters. Also FIELD!=VALUE,",
        "and FIELD:OP:VALUE as in `whorl timeline`. May be",
        "repeated, all must hold.",
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

  private @Nullable Instant from;
  private @Nullable Instant to;

  /** A condition, with the pattern for its value. */
  record Where(WhereText text, Glob value) {
    boolean holds(EventLine event) {
      Object found = event.fields().get(field(text.field()));
      if (found == null) {
        return false;
      }
      String words = found.toString();
      return switch (text.op()) {
        case "eq" -> isEqual(words);
        case "ne" -> !isEqual(words);
        case "lt" -> compare(words) < 0;
        case "gt" -> compare(words) > 0;
        default -> text.holdsLiterally(words);
      };
    }

    private boolean isEqual(String words) {
      return text.literal() ? words.equals(text.value()) : value.matches(words);
    }

    /** Zero if one of both is no number. */
    private int compare(String words) {
      try {
        return Double.compare(Double.parseDouble(words), Double.parseDouble(text.value()));
      } catch (NumberFormatException noNumber) {
        return 0;
      }
    }
  }

  /** Timelines and journals have other names for what recordings call so. */
  private static String field(String name) {
    return name.equals("http.request.id") || name.equals("request.id") ? REQUEST : name;
  }

  /** Relative times are relative to this clock from now on. */
  void startAt(InstantSource clock) {
    from = from(clock);
    to = to(clock);
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
        && (request == null || request.equals(event.fields().get(REQUEST)))
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
      try {
        WhereText where = WhereText.of(text);
        return new Where(where, new Glob(where.value()));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
