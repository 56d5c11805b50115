package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.agent.capture.AskedProperties;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.ship.tus.DirectTarget;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;
import whorl.evidence.Id;

class ReaderOrderTest {
  private static final ReaderOrder ORDER =
      new ReaderOrder(
          4711,
          12,
          14,
          HeapFacts.Content.REDACTED,
          "age1someone",
          Duration.ofSeconds(15),
          9 << 20,
          5 << 20,
          Map.of("javax.net.ssl.trustStore", "/etc/trust"),
          new DirectTarget(
              new AgentConfig.Collector(
                  URI.create("https://collector:7117"), new Secret("hush"), null, null, null, null),
              new Id("agent-001"),
              new Id("capture-1"),
              new Id("evidence-1"),
              new ArtifactName("heap.hprof.gz"),
              "application/gzip"));

  @Test
  void readFrom_writtenOrder_isTheSameAndLeavesTheCommands() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ORDER.writeTo(new DataOutputStream(bytes));
    bytes.write(ReaderOrder.GO);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));

    ReaderOrder read = ReaderOrder.readFrom(in);

    assertThat(read.parent()).isEqualTo(4711);
    assertThat(read.main()).isEqualTo(12);
    assertThat(read.segment()).isEqualTo(14);
    assertThat(read.content()).isEqualTo(HeapFacts.Content.REDACTED);
    assertThat(read.recipient()).isEqualTo("age1someone");
    assertThat(read.pauseLimit()).isEqualTo(Duration.ofSeconds(15));
    assertThat(read.properties()).isEqualTo(ORDER.properties());
    assertThat(read.target().collector().token().reveal()).isEqualTo("hush");
    assertThat(in.read()).isEqualTo(ReaderOrder.GO);
  }

  @Test
  void trustProperties_ofTheApplicationsOwnClass_areAskedWhileTheThreadIsObserved()
      throws Exception {
    for (boolean fails : new boolean[] {false, true}) {
      assertThat(AskedProperties.askedUnobserved(fails, ReaderOrder::trustProperties)).isEmpty();
    }
  }

  @Test
  void toString_neverShowsTheToken() {
    assertThat(ORDER.toString()).doesNotContain("hush");
  }

  @Test
  void readFrom_anotherVersion_isRefused() {
    byte[] other = {0, 0, 0, 9, 1, 2, 3};

    assertThatThrownBy(
            () -> ReaderOrder.readFrom(new DataInputStream(new ByteArrayInputStream(other))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 9");
  }
}
