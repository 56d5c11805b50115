package whorl.collector.timeline;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The state of the index of one piece of evidence; also the content of {@code index.json}.
 *
 * @param version of rows and files; an index of another version is rebuilt
 * @param progress from 0 to 1
 * @param rows in the timeline
 * @param problem why all of it failed; null if it did not
 * @param clockOffsetMillis added to the agent's clock to get the collector's; null if the agent did
 *     not know it, and then the times are unchanged
 */
public record IndexStatus(
    int version,
    State state,
    double progress,
    long rows,
    @Nullable Long clockOffsetMillis,
    @Nullable String problem,
    List<Source> artifacts) {
  /** The version of rows and files that this collector writes. */
  public static final int VERSION = 3;

  private static final long LATEST_SECOND = 9_000_000_000L; // in the year 2255

  /** Not indexed and not queued. */
  public static final IndexStatus NONE = of(State.NONE, 0);

  public IndexStatus {
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }

  public static IndexStatus of(State state, double progress) {
    return new IndexStatus(VERSION, state, progress, 0, null, null, List.of());
  }

  /**
   * A time of the agent by the collector's clock, as the rows of the timeline have it; unchanged if
   * the offset is not known, and if the time is none that a row can have.
   */
  public Instant byCollectorsClock(Instant time) {
    boolean isOfRows = time.getEpochSecond() >= 0 && time.getEpochSecond() <= LATEST_SECOND;
    return clockOffsetMillis == null || !isOfRows ? time : time.plusMillis(clockOffsetMillis);
  }

  /** The state of an index. */
  public enum State {
    NONE,
    WAITING,
    RUNNING,
    READY,
    FAILED;

    @JsonCreator
    public static State of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The outcome of one artifact.
   *
   * @param name the artifact's, or {@code custody}
   * @param problem why rows are missing; null if all are there
   */
  public record Source(String name, long rows, @Nullable String problem) {}
}
