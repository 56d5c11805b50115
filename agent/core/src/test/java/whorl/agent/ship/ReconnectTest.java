package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.redact.Redactor;
import whorl.agent.ship.channel.AgentSelf;
import whorl.agent.ship.channel.CommandListener;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.Spool;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** The channel comes back, wherever stack or memory of the application's JVM ran out. */
@Timeout(60)
class ReconnectTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path folder;
  private final AtomicInteger failures = new AtomicInteger();
  private final Spool spool = Spool.inMemory(Samples.AGENT, 1 << 20);
  private FakeCollector collector;
  private @Nullable Shipper shipper;

  /** Finds no memory when the first connection ends. */
  private final class Listener implements CommandListener {
    @Override
    public void capture(CollectorMessage.StartCapture request) {}

    @Override
    public void disconnected() {
      failOnce();
    }
  }

  @BeforeEach
  void start() throws Exception {
    collector = FakeCollector.start();
  }

  @AfterEach
  void stop() {
    if (shipper != null) {
      shipper.close(Duration.ofSeconds(2));
    }
    collector.close();
    spool.close();
  }

  private void failOnce() {
    if (failures.getAndIncrement() == 0) {
      throw new OutOfMemoryError("for a test");
    }
  }

  private Shipper start(
      AgentConfig.Collector config, Supplier<Map<String, Long>> losses, Timeouts timeouts) {
    AgentSelf self = Samples.agentSelf();
    Shipper started =
        new Shipper(
            config,
            null,
            new AgentSelf(self.identity(), self.key(), self.capabilities(), losses, self.costs()),
            new Redactor(List.of()),
            spool,
            new Listener(),
            Thread::new,
            InstantSource.system(),
            timeouts);
    shipper = started;
    started.start();
    return started;
  }

  @Test
  void noMemoryWhenAConnectionEnds_itIsMadeAgain() {
    Shipper started = start(Samples.collector(collector.url()), Map::of, Samples.FAST);
    await().until(() -> started.status().connected());

    collector.breakAll();

    await().until(() -> collector.connections.get() > 1 && started.status().connected());
    assertThat(failures.get()).isPositive();
  }

  @Test
  void noMemoryForAHeartbeat_theNextOnesFollow() {
    start(
        Samples.collector(collector.url()),
        () -> {
          failOnce();
          return Map.of();
        },
        Samples.FAST);

    await().until(() -> collector.messages(AgentMessage.Status.class).size() > 1);
    assertThat(failures.get()).isGreaterThan(2);
  }

  /** A wait that cannot be computed stands for any failure while the next attempt is planned. */
  @Test
  void nextAttemptCouldNotBePlanned_theGuardConnects() {
    Timeouts timeouts =
        new Timeouts(
            Duration.ofMillis(20),
            SHORT,
            Duration.ofSeconds(Long.MAX_VALUE),
            SHORT,
            SHORT,
            SHORT,
            Duration.ofMillis(20),
            SHORT);
    AgentConfig.Collector refused =
        new AgentConfig.Collector(collector.url(), new Secret("wrong"), null, null, null, null);

    start(refused, Map::of, timeouts);

    await().until(() -> collector.requests.size() > 2);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
  }
}
