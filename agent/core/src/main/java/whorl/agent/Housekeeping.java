package whorl.agent;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import whorl.agent.classes.RegistrationWatch;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.system.ChildProcesses;
import whorl.agent.hook.system.NativeLibraries;
import whorl.agent.thread.AgentThreads;

/** Runs the agent's small periodic work, every second, on one thread. */
final class Housekeeping {
  private static final long PERIOD_NANOS = 1_000_000_000;
  private static final int ROUNDS_PER_REFRESH = 60;
  private static final int ROUNDS_PER_CHECK = 3;

  private Housekeeping() {}

  static void start(
      EpochClock clock,
      Hooks hooks,
      EventSink sink,
      Status status,
      RegistrationWatch registrations) {
    GeneratedClasses generated = hooks.generatedClasses();
    ChildProcesses children = hooks.children();
    NativeLibraries libraries = hooks.nativeLibraries();
    Runnable work =
        () -> {
          generated.processedBy(Thread.currentThread());
          for (int round = 0; !Thread.currentThread().isInterrupted(); round++) {
            round(round, clock, sink, status);
            if (round % ROUNDS_PER_CHECK == 0) {
              check(children, libraries, registrations, sink);
              hooks.tidy();
            }
            waitForNextRound(generated);
          }
        };
    new AgentThreads("upkeep").newThread(work).start();
  }

  /**
   * Waits until the next round, and processes generated classes at once if many arrive meanwhile.
   */
  private static void waitForNextRound(GeneratedClasses generated) {
    long until = System.nanoTime() + PERIOD_NANOS;
    for (long left = PERIOD_NANOS; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(generated, left);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      processClasses(generated);
    }
  }

  private static void processClasses(GeneratedClasses generated) {
    try {
      generated.processWaiting();
      generated.compare();
    } catch (OutOfMemoryError noRoom) {
      // The next call processes them.
    }
  }

  private static void check(
      @Nullable ChildProcesses children,
      @Nullable NativeLibraries libraries,
      RegistrationWatch registrations,
      EventSink sink) {
    try {
      if (children != null) {
        children.check(sink);
      }
      if (libraries != null) {
        libraries.check(sink);
      }
      registrations.check();
    } catch (OutOfMemoryError noRoom) {
      // The next check repeats it.
    }
  }

  private static void round(int round, EpochClock clock, EventSink sink, Status status) {
    try {
      if (round % ROUNDS_PER_REFRESH == 0) {
        status.refresh();
      }
      clock.adjust();
      sink.emitCounts(PERIOD_NANOS);
    } catch (OutOfMemoryError noRoom) {
      // The next round repeats it.
    }
  }
}
