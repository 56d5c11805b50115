package whorl.collector.store.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The admitted captures of one rule, stored as text: {@code atMillis:enrolledMillis} of each,
 * separated by blanks; an agent that never enrolled a key has the number {@link #NEVER}.
 */
record StormCaptures(List<Capture> all) {
  static final StormCaptures NONE = new StormCaptures(List.of());

  /** The time of an enrolment that never was: later than any other. */
  static final long NEVER = Long.MAX_VALUE;

  /** Replicas of one rollout enrol within this time; attackers enrol later. */
  private static final Duration MUCH_LATER = Duration.ofHours(1);

  StormCaptures {
    all = List.copyOf(all);
  }

  /** An admitted capture, and when its agent enrolled. */
  record Capture(long atMillis, long enrolledMillis) {}

  static StormCaptures of(String text) {
    List<Capture> all = new ArrayList<>();
    for (String capture : text.split(" ", -1)) {
      int colon = capture.indexOf(':');
      all.add(
          new Capture(
              Long.parseLong(capture.substring(0, colon)),
              Long.parseLong(capture.substring(colon + 1))));
    }
    return new StormCaptures(all);
  }

  String text() {
    return String.join(
        " ",
        all.stream().map(capture -> capture.atMillis() + ":" + capture.enrolledMillis()).toList());
  }

  /** Returns the captures after this time. */
  StormCaptures after(long millis) {
    return new StormCaptures(all.stream().filter(capture -> capture.atMillis() > millis).toList());
  }

  StormCaptures with(long atMillis, @Nullable Instant enrolledAt) {
    List<Capture> more = new ArrayList<>(all);
    more.add(new Capture(atMillis, enrolledAt == null ? NEVER : enrolledAt.toEpochMilli()));
    return new StormCaptures(more);
  }

  int size() {
    return all.size();
  }

  /** Counts the captures of agents that did not enrol much later than this time. */
  long counted(@Nullable Instant enrolledAt) {
    long limit = muchLater(enrolledAt);
    return all.stream().filter(capture -> capture.enrolledMillis() <= limit).count();
  }

  /** The earliest enrolment of the captures' agents. */
  long earliestEnrolled() {
    return all.stream().mapToLong(Capture::enrolledMillis).min().orElse(NEVER);
  }

  /** Agents that enrolled after this time, enrolled much later than an agent of this enrolment. */
  static long muchLater(@Nullable Instant enrolledAt) {
    return enrolledAt == null ? NEVER : enrolledAt.plus(MUCH_LATER).toEpochMilli();
  }
}
