package whorl.collector.timeline;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far the index of one piece of evidence is; also the content of {@code index.json}.
 *
 * @param version of rows and files; another one is made anew
 * @param progress from 0 to 1
 * @param rows in the timeline
 * @param problem why it failed as a whole; null when it did not
 * @param clockOffsetMillis what was added to the agent's clock to get the collector's; null where
 *     the agent did not know, and then nothing was
 */
public record IndexStatus(
    int version,
    State state,
    double progress,
    long rows,
    @Nullable Long clockOffsetMillis,
    @Nullable String problem,
    List<Source> artifacts) {
  /** Of rows and files written by this collector. */
  public static final int VERSION = 3;

  /** Not indexed, and not about to be. */
  public static final IndexStatus NONE = of(State.NONE, 0);

  public IndexStatus {
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }

  public static IndexStatus of(State state, double progress) {
    return new IndexStatus(VERSION, state, progress, 0, null, null, List.of());
  }

  /** Where in its life an index is. */
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
   * What came of one artifact.
   *
   * @param name the artifact's, or {@code custody}
   * @param problem why some or all of it gave no rows; null when all is there
   */
  public record Source(String name, long rows, @Nullable String problem) {}
}
