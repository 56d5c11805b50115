package whorl.collector.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A class or a server page that came into the JVM while it ran, and by what. */
final class CodeArrival {
  private static final int ROWS_MAX = 8;

  /** Times of classes are of milliseconds, those of events of nanoseconds. */
  private static final Duration TOLERANCE = Duration.ofMillis(5);

  private final Kind kind;
  private final String name;
  private final List<How> ways = new ArrayList<>();
  private boolean certain;
  private boolean grave;

  /** What came. */
  enum Kind {
    CLASS,
    PAGE
  }

  /**
   * One of the rows that tell of it.
   *
   * @param deed goes on from who did it: "defined it from bytes that are in no jar"
   * @param time when; null where the row tells only that it is there
   */
  record How(RowView row, @Nullable String request, String deed, @Nullable Instant time) {}

  CodeArrival(Kind kind, String name) {
    this.kind = kind;
    this.name = name;
  }

  Kind kind() {
    return kind;
  }

  String name() {
    return name;
  }

  /** {@code the class x.Shell}, {@code the page /srv/x.jsp}. */
  String described() {
    return (kind == Kind.CLASS ? "the class " : "the page ") + Phrases.cut(name);
  }

  /** The first of them in the order of time. */
  List<How> ways() {
    return ways.stream().sorted(Comparator.comparing(how -> how.row().number())).toList();
  }

  /**
   * Whether it is foreign for sure: a request brought it, or another host, or the capture found it
   * at work. Else a library that Whorl does not know may have made it.
   */
  boolean certain() {
    return certain;
  }

  /** Whether it is bad in itself, or one of these requests brought it. */
  boolean isGrave(Set<String> suspect) {
    return grave
        || ways.stream().anyMatch(how -> how.request() != null && suspect.contains(how.request()));
  }

  /** One more row tells of it, which no application does in good faith. */
  void addGrave(How how) {
    grave = true;
    add(how, true);
  }

  /** One more row tells of it. */
  void add(How how, boolean certainly) {
    certain |= certainly;
    if (ways.size() < ROWS_MAX) {
      ways.add(how);
    }
  }

  /** Whether it was there when this happened, and not brought in by the same request. */
  boolean isBefore(RowView row) {
    String request = row.request();
    boolean before = false;
    for (How how : ways) {
      if (request != null && request.equals(how.request())) {
        return false;
      }
      before |= how.time() == null || !row.time().plus(TOLERANCE).isBefore(how.time());
    }
    return before;
  }

  /** Whether this request brought it in. */
  boolean isBy(Request request) {
    return ways.stream().anyMatch(how -> request.id().equals(how.request()));
  }
}
