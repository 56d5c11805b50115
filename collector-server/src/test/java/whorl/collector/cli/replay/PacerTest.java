package whorl.collector.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final List<Duration> pauses = new ArrayList<>();
  private long now = 1_000_000;

  @Test
  void originalPace_waitsAsLongAsItTook() {
    Pacer pacer = pacer("1x");

    pacer.await(START);
    pacer.await(START.plusMillis(200));
    pacer.await(START.plusMillis(200));
    pacer.await(START.plusSeconds(3));

    assertThat(pauses).containsExactly(Duration.ofMillis(200), Duration.ofMillis(2800));
  }

  @Test
  void tenfoldPace_waitsATenth() {
    Pacer pacer = pacer("10x");

    pacer.await(START);
    pacer.await(START.plusSeconds(3));

    assertThat(pauses).containsExactly(Duration.ofMillis(300));
  }

  @Test
  void timeForPrinting_isSubtracted() {
    Pacer pacer = pacer("1x");

    pacer.await(START);
    now += Duration.ofMillis(150).toNanos();
    pacer.await(START.plusMillis(200));
    now += Duration.ofSeconds(5).toNanos();
    pacer.await(START.plusMillis(300));

    assertThat(pauses).containsExactly(Duration.ofMillis(50));
  }

  @Test
  void max_neverWaits() {
    Pacer pacer = pacer("max");

    pacer.await(START);
    pacer.await(START.plus(Duration.ofDays(300)));

    assertThat(pauses).isEmpty();
  }

  @Test
  void malformedPace_isNamed() {
    for (String wrong : List.of("", "fast", "0x", "-1x", "1", "x", "1e9x", "Infinityx", "1.x")) {
      assertThatThrownBy(() -> Pacer.speed(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not a pace: " + wrong + ";");
    }
  }

  private Pacer pacer(String pace) {
    return new Pacer(
        Pacer.speed(pace),
        () -> now,
        pause -> {
          pauses.add(pause);
          now += pause.toNanos();
        });
  }
}
