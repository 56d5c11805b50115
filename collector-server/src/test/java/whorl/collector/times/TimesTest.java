package whorl.collector.times;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimesTest {
  private static final Instant NOW = Instant.parse("2026-11-30T10:15:00Z");

  @ParameterizedTest
  @CsvSource({
    "2026-11-29T08:00:00Z, 2026-11-29T08:00:00Z",
    "2026-11-29T08:00:00.123Z, 2026-11-29T08:00:00.123Z",
    "2026-11-29T08:00:00+02:00, 2026-11-29T06:00:00Z",
    "2026-11-29 08:00:00+02:00, 2026-11-29T06:00:00Z",
    "2026-11-29 08:00:00Z, 2026-11-29T08:00:00Z",
    "2026-11-29 08:00:00.5Z, 2026-11-29T08:00:00.5Z",
    "2026-11-29T08:00, 2026-11-29T08:00:00Z",
    "2026-11-29, 2026-11-29T00:00:00Z",
    "10m, 2026-11-30T10:05:00Z",
    "-10m, 2026-11-30T10:05:00Z",
    "2h, 2026-11-30T08:15:00Z",
    "3d, 2026-11-27T10:15:00Z",
    "90s, 2026-11-30T10:13:30Z",
    "09:06, 2026-11-30T09:06:00Z",
    "9:06, 2026-11-30T09:06:00Z",
    "09:06:30.25Z, 2026-11-30T09:06:30.25Z",
    "17:06, 2026-11-29T17:06:00Z",
    "today, 2026-11-30T00:00:00Z",
    "Yesterday, 2026-11-29T00:00:00Z",
    "now, 2026-11-30T10:15:00Z",
  })
  void times_areRead(String text, String expected) {
    assertThat(Times.of(text, NOW)).isEqualTo(Instant.parse(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "10",
        "10x",
        "+10m",
        "25:00",
        "12:60",
        "2026-13-01",
        "2026-11-31",
        "1m2",
        "9999999m",
        "2026-11-29T08:00:00+99:00",
        "tomorrow",
        "+999999999-01-01T00:00:00Z",
        "-999999999-01-01T00:00:00Z",
        "0000-01-01",
        "9999999d",
        "--10m",
      })
  void otherForms_areRefused_withWhatIsAllowed(String text) {
    assertThatThrownBy(() -> Times.of(text, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a time")
        .hasMessageContaining("17:06")
        .hasMessageContaining("yesterday");
  }

  @Test
  void aLongText_isShortened() {
    assertThatThrownBy(() -> Times.of("x".repeat(10_000), NOW))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1_000));
  }

  @Test
  void spans_areReadAndWritten() {
    assertThat(Spans.of("45s")).isEqualTo(Duration.ofSeconds(45));
    assertThat(Spans.of("90m")).isEqualTo(Duration.ofMinutes(90));
    assertThat(Spans.of("24h")).isEqualTo(Duration.ofHours(24));
    assertThat(Spans.of("7d")).isEqualTo(Duration.ofDays(7));
    assertThat(Spans.of("500ms")).isNull();
    assertThat(Spans.withMillis("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(Spans.withMillis("2m")).isEqualTo(Duration.ofMinutes(2));
    assertThat(Spans.of("1w")).isNull();
    assertThat(Spans.of("-1d")).isNull();
    assertThat(Spans.text(Duration.ofSeconds(90))).isEqualTo("90s");
    assertThat(Spans.text(Duration.ofMinutes(90))).isEqualTo("90m");
    assertThat(Spans.text(Duration.ofHours(48))).isEqualTo("2d");
    assertThat(Spans.text(Duration.ofHours(36))).isEqualTo("36h");
  }
}
