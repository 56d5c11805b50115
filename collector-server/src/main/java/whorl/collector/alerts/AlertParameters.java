package whorl.collector.alerts;

import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.store.triage.GroupFilter;
import whorl.collector.store.triage.TriageState;
import whorl.collector.times.Times;
import whorl.evidence.Level;
import whorl.evidence.Text;

/** The query parameters of lists of alerts. A problem names the parameter and what is allowed. */
public final class AlertParameters {
  private static final List<String> TRIAGED =
      List.of("group", "state", "assignee", "q", "since", "from", "to", "atLeast", "muted");

  private AlertParameters() {}

  /** True if the request asks for what is only known of alerts in groups. */
  static boolean areOfGroups(Request request) {
    return TRIAGED.stream().anyMatch(name -> request.query(name) != null);
  }

  /**
   * Reads the filter.
   *
   * @param muted what becomes of muted ones if the request does not say
   */
  public static GroupFilter filter(Request request, GroupFilter.Muted muted, InstantSource clock) {
    Instant since = time(request, "since", clock);
    return new GroupFilter(
        request.query("service"),
        request.query("rule"),
        Paging.query(request, "level", Level::of),
        Paging.query(request, "atLeast", Level::of),
        request.query("source"),
        states(request),
        assignee(request),
        words(request),
        since == null ? time(request, "from", clock) : since,
        time(request, "to", clock),
        muted(request, muted));
  }

  private static Set<TriageState> states(Request request) {
    Set<TriageState> states = EnumSet.noneOf(TriageState.class);
    String words = request.query("state");
    if (words == null || words.isEmpty()) {
      return states;
    }
    for (String word : words.split(",", TriageState.values().length + 1)) {
      if (word.equals("unfinished")) {
        states.add(TriageState.OPEN);
        states.add(TriageState.ACKNOWLEDGED);
      } else {
        states.add(state(word));
      }
    }
    return states;
  }

  private static TriageState state(String word) {
    try {
      return TriageState.of(word);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400, "bad parameter", "state: " + e.getMessage() + "; or unfinished");
    }
  }

  private static @Nullable String assignee(Request request) {
    String assignee = request.query("assignee");
    return assignee == null
        ? null
        : switch (assignee) {
          case "me" -> name(request);
          case "nobody" -> "";
          default -> assignee;
        };
  }

  /** The name of the caller, as custody has it. */
  public static String name(Request request) {
    Principal principal = request.principal();
    return principal == null ? "nobody" : principal.name();
  }

  private static @Nullable String words(Request request) {
    String words = request.query("q");
    return words == null || words.isBlank() ? null : words;
  }

  private static GroupFilter.Muted muted(Request request, GroupFilter.Muted otherwise) {
    String word = request.query("muted");
    if (word == null) {
      return otherwise;
    }
    try {
      return GroupFilter.Muted.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400, "bad parameter", "muted: hide, show or only, not " + Text.shortened(word));
    }
  }

  private static @Nullable Instant time(Request request, String name, InstantSource clock) {
    String text = request.query(name);
    return text == null || text.isEmpty() ? null : time(name, text, clock.instant());
  }

  /** Reads a time: in any form of {@link Times}. */
  static Instant time(String name, String text, Instant now) {
    try {
      return Times.of(text, now);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad parameter", name + ": " + e.getMessage());
    }
  }
}
