package whorl.collector.performance.series;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a piece of evidence's recordings measure, over time.
 *
 * @param from when the first bucket begins, by the clock of the timeline's rows; null if nothing
 *     was measured
 * @param bucketMillis the width of each bucket
 * @param buckets their number
 * @param clockOffsetMillis what was added to the agent's times; null if its clock was not compared
 * @param recordings the artifacts that were read
 * @param problems why series are missing or incomplete
 */
public record RecordingSeries(
    @Nullable Instant from,
    long bucketMillis,
    int buckets,
    @Nullable Long clockOffsetMillis,
    List<String> recordings,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> problems,
    List<Series> series) {
  private static final int SERIES_MAX = 100;
  private static final int PROBLEMS_MAX = 20;
  private static final int PROBLEM_MAX_CHARS = 2_000;

  public RecordingSeries {
    recordings = copy(recordings);
    problems = copy(problems);
    series = series == null ? List.of() : List.copyOf(series);
    if (buckets < 0
        || buckets > Grid.BUCKETS_MAX
        || series.size() > SERIES_MAX
        || problems.size() > PROBLEMS_MAX
        || recordings.size() > PROBLEMS_MAX
        || problems.stream().anyMatch(each -> each.length() > PROBLEM_MAX_CHARS)) {
      throw new IllegalArgumentException("series of a recording are beyond their limits");
    }
  }

  /** There are no series, for this reason. */
  public static RecordingSeries none(List<String> recordings, String problem) {
    return new RecordingSeries(null, 0, 0, null, recordings, List.of(problem), List.of());
  }

  /** The same with these series. */
  public RecordingSeries with(List<Series> all) {
    return new RecordingSeries(
        from, bucketMillis, buckets, clockOffsetMillis, recordings, problems, all);
  }

  /** The same with one more problem. */
  public RecordingSeries withProblem(String problem) {
    List<String> more = new ArrayList<>(problems);
    more.add(problem);
    return new RecordingSeries(
        from, bucketMillis, buckets, clockOffsetMillis, recordings, more, series);
  }

  private static List<String> copy(@Nullable List<String> texts) {
    return texts == null ? List.of() : List.copyOf(texts);
  }
}
