package whorl.collector.performance.series;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GridTest {
  private static final long START = TimeUnit.DAYS.toNanos(20_000);

  private final Grid grid = new Grid();
  private final Track track = grid.track();

  @Test
  void tenMinutes_haveBucketsOfASecond() {
    for (int second = 0; second < 600; second++) {
      add(TimeUnit.SECONDS.toNanos(second), 1);
    }
    assertThat(grid.widthNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(grid.size()).isEqualTo(600);
    assertThat(sum()).isEqualTo(600);
  }

  @Test
  void buckets_becomeWider_andLoseNothing() {
    for (int i = 0; i < 5_000; i++) {
      add(i * TimeUnit.MINUTES.toNanos(7), 2);
      assertThat(grid.size()).isLessThanOrEqualTo(Grid.BUCKETS_MAX);
    }
    assertThat(sum()).isEqualTo(10_000);
  }

  @Test
  void farTimes_areStillWithinTheLimit() {
    add(0, 1);
    grid.bucket(0);
    track.add(grid.bucket(Long.MAX_VALUE), 1);
    track.add(grid.bucket(0), 1);
    assertThat(grid.size()).isLessThanOrEqualTo(Grid.BUCKETS_MAX);
    assertThat(sum()).isEqualTo(3);
  }

  @Test
  void counter_growsEvenlyBetweenReadings_andNotAcrossRestarts() {
    add(0, 100);
    add(TimeUnit.MILLISECONDS.toNanos(200), 110);
    add(TimeUnit.MILLISECONDS.toNanos(300), 3); // another JVM
    add(TimeUnit.MILLISECONDS.toNanos(400), 4);
    Series series =
        Objects.requireNonNull(
            new SeriesOfTracks(grid)
                .of(
                    Measure.of("count", Measures.PER_SECOND, Measure.Kind.COUNTER, "e", "f"),
                    List.of(track)));

    assertThat(series.values()).containsExactly(null, 50.0, 50.0, null, 10.0);
    assertThat(series.total()).isEqualTo(11.0);
  }

  @Test
  void levelsOfSeveralParts_areAddedUp() {
    add(0, 5);
    Track other = grid.track();
    other.add(grid.bucket(START), 7);
    Series series =
        Objects.requireNonNull(
            new SeriesOfTracks(grid)
                .of(
                    Measure.of("level", Measures.BYTES, Measure.Kind.LEVEL, "e", "f"),
                    List.of(track, other)));

    assertThat(series.values()).containsExactly(12.0);
    assertThat(series.total()).isNull();
  }

  private void add(long nanos, double value) {
    track.add(grid.bucket(START + nanos), value);
  }

  private double sum() {
    return track.buckets().values().stream().mapToDouble(Track.Bucket::sum).sum();
  }
}
