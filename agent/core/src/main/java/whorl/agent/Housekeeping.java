package whorl.agent;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import whorl.agent.classes.RegistrationWatch;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.system.ChildProcesses;
import whorl.agent.hook.system.NativeLibraries;
import whorl.agent.thread.AgentThreads;
import whorl.agent.thread.Checks;

/**
 * Runs the agent's small periodic work, every second, on one thread. Only servers are walked on a
 * thread of its own, because a class loader of the application can hold that up, perhaps for ever.
 */
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
          Checks checks = new Checks();
          generated.processedBy(Thread.currentThread());
          for (int round = 0; !Thread.currentThread().isInterrupted(); round++) {
            if (round % ROUNDS_PER_REFRESH == 0) {
              checks.run("status", status::refresh);
            }
            checks.run("clock", clock::adjust);
            checks.run("counts", () -> sink.emitCounts(PERIOD_NANOS));
            if (round % ROUNDS_PER_CHECK == 0) {
              if (children != null) {
                checks.run("children", () -> children.check(sink));
              }
              if (libraries != null) {
                checks.run("libraries", () -> libraries.check(sink));
              }
              checks.run("held objects", hooks::tidy);
            }
            waitForNextRound(checks, generated);
          }
        };
    new AgentThreads("upkeep").newThread(work).start();
    new AgentThreads("registrations").newThread(() -> watch(registrations)).start();
  }

  private static void watch(RegistrationWatch registrations) {
    Checks checks = new Checks();
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(PERIOD_NANOS * ROUNDS_PER_CHECK);
        checks.run("registrations", registrations::check);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until the next round, and processes generated classes at once if many arrive meanwhile.
   */
  private static void waitForNextRound(Checks checks, GeneratedClasses generated) {
    long until = System.nanoTime() + PERIOD_NANOS;
    for (long left = PERIOD_NANOS; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(generated, left);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      checks.run("generated classes", generated::processWaiting);
      checks.run("named sources", generated::compare);
    }
  }
}
