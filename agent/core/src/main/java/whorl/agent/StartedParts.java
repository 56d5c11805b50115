package whorl.agent;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.spool.Spool;

/**
 * What a start of the agent must not start twice. Memory that the application uses up meanwhile,
 * perhaps on purpose, ends an attempt and not the agent: there is another one.
 */
final class StartedParts {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final BooleanSupplier jvmEnds;
  private final Duration pause;
  private @Nullable RecordingStart recording;
  private @Nullable Spool spool;
  private boolean threads;

  StartedParts(BooleanSupplier jvmEnds) {
    this(jvmEnds, PAUSE);
  }

  StartedParts(BooleanSupplier jvmEnds, Duration pause) {
    this.jvmEnds = jvmEnds;
    this.pause = pause;
  }

  /** Does the work; without enough memory, again after a pause, until threads have started. */
  void withMemory(Runnable work) {
    while (!attempt(work)) {
      LockSupport.parkNanos(this, pause.toNanos());
    }
  }

  private boolean attempt(Runnable work) {
    try {
      work.run();
      return true;
    } catch (OutOfMemoryError noRoom) {
      if (threads || jvmEnds.getAsBoolean()) {
        throw noRoom;
      }
      return false;
    }
  }

  RecordingStart recording(Supplier<RecordingStart> start) {
    RecordingStart started = recording;
    if (started == null) {
      started = start.get();
      recording = started;
    }
    return started;
  }

  Spool spool(Supplier<Spool> open) {
    Spool opened = spool;
    if (opened == null) {
      opened = open.get();
      spool = opened;
    }
    return opened;
  }

  /** From now on, an attempt cannot be repeated. */
  void threadsStart() {
    threads = true;
  }
}
