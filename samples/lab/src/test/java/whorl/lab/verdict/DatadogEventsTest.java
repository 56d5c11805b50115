package whorl.lab.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DatadogEventsTest {
  @Test
  void read_findsTheRulesOfASpansTag() throws IOException {
    String span =
        "[{\"meta\":{\"_dd.appsec.json\":\"{\\\"triggers\\\":[{\\\"rule\\\":{\\\"id\\\":\\\"crs-1\\\","
            + "\\\"name\\\":\\\"Injection\\\"},\\\"rule_matches\\\":[]}]}\"}}]";

    List<Observation.SeenAlert> alerts = DatadogEvents.read(List.of("Started", span));

    assertThat(alerts).extracting(Observation.SeenAlert::rule).containsExactly("crs-1");
    assertThat(alerts).extracting(Observation.SeenAlert::title).containsExactly("Injection");
    assertThat(alerts).allMatch(Observation.SeenAlert::atLeastMedium);
  }

  @Test
  void read_findsNothingInOrdinaryLines() throws IOException {
    assertThat(DatadogEvents.read(List.of("{\"meta\":{}}", ""))).isEmpty();
  }

  @Test
  void read_longEvent_isRead() throws IOException {
    String line =
        "{\"meta\":{\"_dd.appsec.json\":\"{\\\"triggers\\\":[{\\\"rule\\\":{\\\"id\\\":\\\"a\\\",\\\"name\\\":\\\""
            + "n\\\\\\\\".repeat(50_000)
            + "\\\"}}]}\"}}";

    assertThat(DatadogEvents.read(List.of(line))).hasSize(1);
  }
}
