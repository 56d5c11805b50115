package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.redact.Redactor;
import whorl.agent.ship.channel.CommandListener;
import whorl.agent.ship.channel.SelfTests;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** A {@link Shipper} with a spool and a collector to send to; a test starts it. */
abstract class ShipperFixture {
  static final long MIB = 1 << 20;

  @TempDir Path folder;
  FakeCollector collector;
  Spool spool;
  @Nullable Shipper shipper;
  final List<Thread> threads = new CopyOnWriteArrayList<>();
  SelfTests selfTests = SelfTests.NONE;
  final List<CollectorMessage.StartCapture> commands = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    collector = FakeCollector.start();
    spool =
        Spool.inFolder(
            folder.resolve("spool"),
            new SpoolOwner(Samples.AGENT, "shop", false),
            64 * MIB,
            () -> 64 * MIB);
  }

  @AfterEach
  void stop() {
    if (shipper != null) {
      shipper.close(Duration.ofSeconds(2));
    }
    collector.close();
    spool.close();
    assertThat(threads).as("threads that outlive the shipper").noneMatch(this::alive);
  }

  void start(@Nullable URI url) {
    start(url, null);
  }

  void start(@Nullable URI url, @Nullable Path evidenceDir) {
    start(url, evidenceDir, Samples.FAST);
  }

  void start(@Nullable URI url, @Nullable Path evidenceDir, Timeouts timeouts) {
    shipper =
        new Shipper(
            Samples.collector(url),
            evidenceDir,
            Samples.agentSelf(),
            new Redactor(List.of()),
            spool,
            listener(),
            task -> {
              Thread thread = new Thread(task);
              threads.add(thread);
              return thread;
            },
            InstantSource.system(),
            timeouts);
    shipper.selfTests(selfTests);
    shipper.start();
  }

  /** Receives the collector's messages. */
  CommandListener listener() {
    return commands::add;
  }

  Shipper shipper() {
    if (shipper == null) {
      throw new AssertionError("not started");
    }
    return shipper;
  }

  ShipStatus status() {
    return shipper().status();
  }

  Id large(int bytes) throws Exception {
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    Samples.put(draft, "recording.jfr", Samples.bytes(7, bytes));
    Samples.seal(draft);
    return evidence;
  }

  static AgentMessage.AlertRaised raised() {
    return new AgentMessage.AlertRaised(Samples.alert(), Samples.id(), List.of(Samples.line(1)));
  }

  boolean sealed(Id evidence) {
    return collector.disk.sealed.contains(evidence.value());
  }

  void awaitSealed(Id evidence) {
    await().until(() -> sealed(evidence));
  }

  /** The collector has it before the agent has read the answer. */
  void awaitShipped(long evidence) {
    await().untilAsserted(() -> assertThat(status().evidenceShipped()).isEqualTo(evidence));
  }

  static String base64(Id id) {
    return Base64.getEncoder().encodeToString(id.value().getBytes(StandardCharsets.UTF_8));
  }

  boolean alive(Thread thread) {
    try {
      thread.join(3_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return thread.isAlive();
  }

  /** A long limit, for busy machines. */
  static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
  }
}
