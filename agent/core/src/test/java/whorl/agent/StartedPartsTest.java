package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import whorl.agent.ship.spool.Spool;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

class StartedPartsTest {
  private final AtomicBoolean jvmEnds = new AtomicBoolean();
  private final StartedParts parts = new StartedParts(jvmEnds::get, Duration.ofMillis(1));
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger recordings = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private final List<AgentIdentity> identities = new ArrayList<>();

  @Test
  void withMemory_memoryRunsOut_triesAgain_withTheSameRecording() {
    parts.withMemory(this::lacksMemoryTwice);

    assertThat(attempts).hasValue(3);
    assertThat(recordings).hasValue(1);
  }

  @Test
  void withMemory_afterThreadsHaveStarted_doesNotTryAgain() {
    parts.threadsStart();

    assertThatThrownBy(() -> parts.withMemory(this::lacksMemoryTwice))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(attempts).hasValue(1);
  }

  @Test
  void withMemory_endOfTheJvm_doesNotTryAgain() {
    jvmEnds.set(true);

    assertThatThrownBy(() -> parts.withMemory(this::lacksMemoryTwice))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(attempts).hasValue(1);
  }

  /** The collector refuses evidence whose spool and manifest name different agents. */
  @Test
  void withMemory_memoryRunsOut_triesAgain_asTheSameAgent() {
    parts.withMemory(this::lacksMemoryTwice);

    assertThat(identities).hasSize(3).containsOnly(identities.get(0));
    assertThat(opened).hasValue(1);
  }

  @Test
  void withMemory_memoryStaysAway_waitsLongerEachTime() {
    List<Long> times = new ArrayList<>();

    parts.withMemory(
        () -> {
          times.add(System.nanoTime());
          if (times.size() < 9) {
            throw new OutOfMemoryError("made for a test");
          }
        });

    // 1 + 2 + 4 + … + 128 ms
    assertThat(times.get(8) - times.get(0)).isGreaterThanOrEqualTo(255_000_000L);
  }

  @Test
  void withMemory_threadIsInterrupted_waitsAllTheSame() {
    StartedParts slow = new StartedParts(jvmEnds::get, Duration.ofMillis(100));
    long from = System.nanoTime();
    Thread.currentThread().interrupt();

    slow.withMemory(this::lacksMemoryTwice);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(System.nanoTime() - from).isGreaterThanOrEqualTo(300_000_000L);
  }

  @Test
  void withMemory_jvmEndsDuringThePause_triesOnceMore() {
    AtomicInteger asked = new AtomicInteger();
    StartedParts patient =
        new StartedParts(() -> asked.incrementAndGet() > 1, Duration.ofMinutes(5));

    assertThatThrownBy(() -> patient.withMemory(this::lacksMemoryTwice))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(attempts).hasValue(2);
  }

  private void lacksMemoryTwice() {
    AgentIdentity identity = parts.identity(StartedPartsTest::identity);
    identities.add(identity);
    parts.spool(
        () -> {
          opened.incrementAndGet();
          return Spool.inMemory(identity.id(), 1 << 20);
        });
    parts.recording(
        () -> {
          recordings.incrementAndGet();
          return RecordingStart.none("test");
        });
    if (attempts.incrementAndGet() < 3) {
      throw new OutOfMemoryError("made for a test");
    }
  }

  private static AgentIdentity identity() {
    return new AgentIdentity(
        Id.next(InstantSource.system()),
        "shop",
        null,
        Map.of(),
        null,
        null,
        null,
        null,
        1,
        "a JVM",
        "0");
  }
}
