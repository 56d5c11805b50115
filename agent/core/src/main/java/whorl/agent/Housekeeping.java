package whorl.agent;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import whorl.agent.classes.RegistrationWatch;
import whorl.agent.event.EventSink;
import whorl.agent.event.WatchReports;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.system.ChildProcesses;
import whorl.agent.hook.system.NativeLibraries;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.thread.AgentThreads;
import whorl.agent.thread.Checks;
import whorl.agent.thread.StallCheck;

/**
 * Runs the agent's small periodic work, every second, on one thread. Only servers are walked on a
 * thread of its own, because a class loader of the application can hold that up, perhaps for ever;
 * then that is reported.
 */
final class Housekeeping {
  private static final long PERIOD_NANOS = 1_000_000_000;
  private static final int ROUNDS_PER_REFRESH = 60;
  private static final int ROUNDS_PER_CHECK = 3;
  private static final String REGISTRATIONS = "registrations";

  /** Rounds without a walk of the servers. */
  private static final int STALLED_ROUNDS = 60;

  /** A round that comes so long after the one before is late. */
  private static final long LATE_NANOS = PERIOD_NANOS * 3 / 2;

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
    AtomicInteger walks = new AtomicInteger();
    Runnable work =
        () -> {
          Checks checks = new Checks();
          Runnable walking = stallCheck(walks, sink, System::nanoTime);
          generated.processedBy(Thread.currentThread());
          for (int round = 0; !Thread.currentThread().isInterrupted(); round++) {
            if (round % ROUNDS_PER_REFRESH == 0) {
              checks.run("status", status::refresh);
            }
            checks.run("clock", clock::adjust);
            checks.run("counts", () -> sink.emitCounts(PERIOD_NANOS));
            checks.run("walks", walking::run);
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
    new AgentThreads(REGISTRATIONS).newThread(() -> watch(registrations, walks)).start();
  }

  /** Returns the check of each round whether the servers are still walked. */
  static Runnable stallCheck(AtomicInteger walks, EventSink sink, LongSupplier nanos) {
    StallCheck other = new StallCheck(STALLED_ROUNDS, LATE_NANOS, nanos.getAsLong());
    return () -> {
      if (other.isStalled(walks.get(), nanos.getAsLong())) {
        WatchReports.tampered(
            sink,
            Tampering.AGENT_THREAD_STALLED.word(),
            AgentThreads.threadName(REGISTRATIONS),
            "no round in a minute");
      }
    };
  }

  private static void watch(RegistrationWatch registrations, AtomicInteger walks) {
    Checks checks = new Checks();
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(PERIOD_NANOS * ROUNDS_PER_CHECK);
        checks.run(REGISTRATIONS, registrations::check);
        walks.incrementAndGet();
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
