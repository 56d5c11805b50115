package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StartedPartsTest {
  private final AtomicBoolean jvmEnds = new AtomicBoolean();
  private final StartedParts parts = new StartedParts(jvmEnds::get, Duration.ofMillis(1));
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger recordings = new AtomicInteger();

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

  private void lacksMemoryTwice() {
    parts.recording(
        () -> {
          recordings.incrementAndGet();
          return RecordingStart.none("test");
        });
    if (attempts.incrementAndGet() < 3) {
      throw new OutOfMemoryError("made for a test");
    }
  }
}
