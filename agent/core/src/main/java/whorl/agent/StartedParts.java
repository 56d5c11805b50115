package whorl.agent;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.spool.Spool;
import whorl.evidence.AgentIdentity;

/**
 * What a start of the agent must not start twice. Memory that the application uses up meanwhile,
 * perhaps on purpose, ends an attempt and not the agent: there is another one. Each attempt costs
 * the application full collections, so the pauses between them grow.
 */
final class StartedParts {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

  private final BooleanSupplier jvmEnds;
  private final Duration firstPause;
  private @Nullable RecordingStart recording;
  private @Nullable AgentIdentity identity;
  private @Nullable Spool spool;
  private boolean threads;

  StartedParts(BooleanSupplier jvmEnds) {
    this(jvmEnds, FIRST_PAUSE);
  }

  StartedParts(BooleanSupplier jvmEnds, Duration firstPause) {
    this.jvmEnds = jvmEnds;
    this.firstPause = firstPause;
  }

  /** Does the work; without enough memory, again after a pause, until threads have started. */
  void withMemory(Runnable work) {
    long pauseNanos = firstPause.toNanos();
    while (!attempt(work)) {
      pause(pauseNanos);
      pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
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

  /** Nothing but the end of the JVM shortens it: an interruption would make attempts incessant. */
  private void pause(long nanos) {
    long end = System.nanoTime() + nanos;
    boolean interrupted = false;
    for (long left = nanos; left > 0 && !jvmEnds.getAsBoolean(); left = end - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
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

  /** The collector refuses evidence from the spool of one agent whose manifest is another's. */
  AgentIdentity identity(Supplier<AgentIdentity> determine) {
    AgentIdentity determined = identity;
    if (determined == null) {
      determined = determine.get();
      identity = determined;
    }
    return determined;
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
