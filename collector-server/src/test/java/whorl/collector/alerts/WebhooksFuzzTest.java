package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.Alert;
import whorl.evidence.Json;

/** Every webhook body is read as a few bounded alerts that can be stored, or gets 400. */
class WebhooksFuzzTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));

  private static final int ALERTS_MAX = 256;

  /** Limit for a stored alert. */
  private static final int ALERT_MAX_BYTES = 1 << 20;

  @FuzzTest
  void falco_isAlertsOrRefused(byte[] input) throws IOException {
    read(new FalcoDialect(CLOCK), FakeRequest.post("/", ""), input);
  }

  @FuzzTest
  void alertmanager_isAlertsOrRefused(byte[] input) throws IOException {
    read(new AlertmanagerDialect(CLOCK), FakeRequest.post("/", ""), input);
  }

  /** The input consists of header lines, an empty line, and the body. */
  @FuzzTest
  void cloudEvents_areAlertsOrRefused(byte[] input) throws IOException {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    int blank = text.indexOf("\n\n");
    FakeRequest request = FakeRequest.post("/", "");
    for (String line : text.substring(0, Math.max(blank, 0)).split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        request.with(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    byte[] body = blank < 0 ? input : Arrays.copyOfRange(input, blank + 2, input.length);
    read(new CloudEventsDialect(CLOCK), request, body);
  }

  @FuzzTest
  void generic_isAlertsOrRefused(byte[] input) throws IOException {
    read(new GenericDialect(CLOCK), FakeRequest.post("/", ""), input);
  }

  private static void read(Dialect dialect, FakeRequest request, byte[] body) throws IOException {
    List<IncomingAlert> alerts;
    try {
      alerts = dialect.read(request, body);
    } catch (ProblemException refused) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    assertThat(alerts).hasSizeLessThanOrEqualTo(ALERTS_MAX);
    for (IncomingAlert incoming : alerts) {
      Alert alert = incoming.alert();
      assertThat(alert.source()).isEqualTo(dialect.name());
      assertThat(alert.rule()).isNotBlank();
      assertThat(alert.title()).isNotNull();
      assertThat(alert.level()).isNotNull();
      assertThat(incoming.fingerprint()).isNotNull();
      assertThat(incoming.place().described()).isNotBlank();
      byte[] kept = Json.bytes(alert);
      assertThat(kept.length).isLessThan(ALERT_MAX_BYTES);
      assertThat(Json.bytes(Json.MAPPER.readValue(kept, Alert.class))).isEqualTo(kept);
    }
  }
}
