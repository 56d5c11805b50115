package whorl.collector.analysis.trail;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowView;

/** A class or server page that was added to the running JVM, and the rows that show how. */
public final class CodeArrival {
  private static final int TRACES_MAX = 8;

  /** Class definition times have millisecond precision, event times nanosecond precision. */
  private static final Duration TOLERANCE = Duration.ofMillis(5);

  private final Kind kind;
  private final String name;
  private final List<Trace> traces = new ArrayList<>();
  private boolean certain;
  private boolean malicious;

  /** The kind of code. */
  public enum Kind {
    CLASS,
    PAGE
  }

  /**
   * A row that shows how the code was added.
   *
   * @param phrase continues a subject, such as "defined it from bytes that are in no jar"
   * @param time when it was added; null if the row only shows that it exists
   */
  public record Trace(
      RowView row, @Nullable String request, String phrase, @Nullable Instant time) {}

  CodeArrival(Kind kind, String name) {
    this.kind = kind;
    this.name = name;
  }

  public Kind kind() {
    return kind;
  }

  public String name() {
    return name;
  }

  /** Returns {@code the class x.Shell} or {@code the page /srv/x.jsp}. */
  public String described() {
    return (kind == Kind.CLASS ? "the class " : "the page ") + Phrases.cut(name);
  }

  /** Returns the first eight traces, sorted by time. */
  public List<Trace> traces() {
    return traces.stream().sorted(Comparator.comparing(trace -> trace.row().number())).toList();
  }

  /**
   * True if the code is certainly foreign: a request added it, it came from another host, or the
   * capture found it in use. Otherwise an unknown library may have generated it.
   */
  boolean certain() {
    return certain;
  }

  /** True if the code is malicious in itself, or if one of these suspect requests added it. */
  boolean isMalicious(Set<String> suspectRequests) {
    return malicious
        || traces.stream()
            .anyMatch(
                trace -> trace.request() != null && suspectRequests.contains(trace.request()));
  }

  /** Adds a trace of something that no legitimate application does. */
  void addMalicious(Trace trace) {
    malicious = true;
    add(trace, true);
  }

  /** */
  public void add(Trace trace, boolean isCertain) {
    certain |= isCertain;
    if (traces.size() < TRACES_MAX) {
      traces.add(trace);
    }
  }

  /**
   * True if the code existed when this row's event happened and was not added by the same request.
   */
  public boolean isBefore(RowView row) {
    String request = row.request();
    boolean earlier = false;
    for (Trace trace : traces) {
      if (request != null && request.equals(trace.request())) {
        return false;
      }
      earlier |= trace.time() == null || !row.time().plus(TOLERANCE).isBefore(trace.time());
    }
    return earlier;
  }

  /** True if this request added the code. */
  public boolean isFrom(Request request) {
    return traces.stream().anyMatch(trace -> request.id().equals(trace.request()));
  }
}
