package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  @Test
  void text_isPrometheusFormat() {
    metrics.counter("whorl_a_total", "Things.", "kind", "one").increment();
    metrics.counter("whorl_a_total", "Things.", "kind", "one").add(2);
    metrics.counter("whorl_a_total", "Things.", "kind", "a\"b\\c\nd").increment();
    metrics.gauge("whorl_b", "Now.", () -> 7);
    metrics.counter("whorl_c_total", "Elsewhere.", () -> 9);
    assertThat(metrics.text())
        .isEqualTo(
            """
            # HELP whorl_a_total Things.
            # TYPE whorl_a_total counter
            whorl_a_total{kind="a\\"b\\\\c\\nd"} 1
            whorl_a_total{kind="one"} 3
            # HELP whorl_b Now.
            # TYPE whorl_b gauge
            whorl_b 7
            # HELP whorl_c_total Elsewhere.
            # TYPE whorl_c_total counter
            whorl_c_total 9
            """);
  }

  @Test
  void groups_areReadAtEveryScrape_withTheirLabels() {
    Map<String, Double> seconds = new TreeMap<>(Map.of("a\"b", 0.25));
    metrics.counters("whorl_s_total", "Seconds.", "service", () -> seconds);
    metrics.gauges("whorl_t", "Bytes.", "service", () -> Map.of("shop", 3e12));
    seconds.put("", 7.0);

    assertThat(metrics.text())
        .isEqualTo(
            """
            # HELP whorl_s_total Seconds.
            # TYPE whorl_s_total counter
            whorl_s_total 7
            whorl_s_total{service="a\\"b"} 0.25
            # HELP whorl_t Bytes.
            # TYPE whorl_t gauge
            whorl_t{service="shop"} 3000000000000
            """);
    assertThatThrownBy(() -> metrics.gauges("whorl_t", "Bytes.", "service", Map::of))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void valueThatCannotBeRead_isLeftOut_andTheOthersAreThere() {
    metrics.gauge(
        "whorl_a",
        "Now.",
        () -> {
          throw new IllegalStateException("closed");
        });
    metrics.gauges(
        "whorl_b",
        "Bytes.",
        "service",
        () -> {
          throw new IllegalStateException("closed");
        });
    metrics.gauge("whorl_c", "Now.", () -> 7);

    assertThat(metrics.text())
        .isEqualTo(
            """
            # HELP whorl_a Now.
            # TYPE whorl_a gauge
            # HELP whorl_b Bytes.
            # TYPE whorl_b gauge
            # HELP whorl_c Now.
            # TYPE whorl_c gauge
            whorl_c 7
            """);
  }

  @Test
  void name_ofTheWrongType_isRefused() {
    assertThatThrownBy(() -> metrics.gauge("whorl_total", "Help.", () -> 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> metrics.counter("whorl_a", "Help."))
        .isInstanceOf(IllegalArgumentException.class);
    metrics.gauge("whorl_b", "Help.", () -> 1);
    assertThatThrownBy(() -> metrics.gauge("whorl_b", "Help.", () -> 2))
        .isInstanceOf(IllegalStateException.class);
  }
}
