package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.ship.channel.CommandListener;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.ProbeCall;
import whorl.evidence.channel.ProbeRequest;
import whorl.evidence.channel.ProbeState;

/** Probes over the agent's channel, to a collector and back. */
@Timeout(60)
class ProbeChannelTest extends ShipperFixture {
  private static final Id PROBE = new Id("probe-0001");

  private final List<CollectorMessage> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger disconnected = new AtomicInteger();

  @BeforeEach
  void connect() {
    start(collector.url());
    await().until(() -> status().connected());
  }

  @Override
  CommandListener listener() {
    return new Listener();
  }

  private final class Listener implements CommandListener {
    @Override
    public void capture(CollectorMessage.StartCapture request) {}

    @Override
    public void probe(CollectorMessage.Probe probe) {
      received.add(probe);
    }

    @Override
    public void probeEnded(CollectorMessage.ProbeEnd end) {
      received.add(end);
    }

    @Override
    public void disconnected() {
      disconnected.incrementAndGet();
    }
  }

  @Test
  void probeAndItsEnd_reachTheListener() {
    CollectorMessage probe =
        new CollectorMessage.Probe(
            PROBE, new ProbeRequest("com.example.Orders", "find", null, 9, 9, true, true, false));

    collector.send(probe);
    collector.send(new CollectorMessage.ProbeEnd(PROBE));

    await()
        .untilAsserted(
            () ->
                assertThat(received).containsExactly(probe, new CollectorMessage.ProbeEnd(PROBE)));
  }

  @Test
  void report_isSentOnce_withSecretsMasked() {
    ProbeCall call =
        new ProbeCall(
            1,
            Instant.EPOCH,
            "main",
            "login(java.lang.String)",
            List.of("password: \"hunter2hunter2\""),
            null,
            9,
            null,
            List.of());

    shipper()
        .probeReported(
            new ProbeReport(
                PROBE,
                ProbeState.RUNNING,
                null,
                List.of(),
                List.of(call),
                1,
                0,
                0,
                null,
                List.of()));

    await().untilAsserted(() -> assertThat(collector.messages(ProbeReport.class)).hasSize(1));
    assertThat(collector.messages(ProbeReport.class).get(0).calls().get(0).arguments())
        .asString()
        .doesNotContain("hunter2");
  }

  @Test
  void brokenChannel_reachesTheListener() {
    collector.close();

    await().untilAsserted(() -> assertThat(disconnected.get()).isPositive());
  }
}
