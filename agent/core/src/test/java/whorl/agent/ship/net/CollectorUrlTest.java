package whorl.agent.ship.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CollectorUrlTest {
  @ParameterizedTest
  @CsvSource({
    "http://collector:7117, collector, 7117, ws://collector:7117/agent/v1/channel",
    "http://collector/, collector, 80, ws://collector/agent/v1/channel",
    "https://collector, collector, 443, wss://collector/agent/v1/channel",
    "https://[::1]:9/a/b//, ::1, 9, wss://[::1]:9/a/b/agent/v1/channel",
  })
  void of_anyUrl_leadsToHostPortAndChannel(URI url, String host, int port, URI channel) {
    CollectorUrl collector = CollectorUrl.of(url);

    assertThat(collector.host()).isEqualTo(host);
    assertThat(collector.port()).isEqualTo(port);
    assertThat(collector.channel()).isEqualTo(channel);
  }
}
