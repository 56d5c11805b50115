package whorl.agent;

import java.lang.instrument.UnmodifiableClassException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.event.EventSink;
import whorl.agent.event.WatchReports;
import whorl.agent.exit.ShutdownSequence;
import whorl.agent.hook.HookGuard;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.recording.RollingRecording;
import whorl.agent.ship.Shipper;
import whorl.agent.thread.AgentThreads;
import whorl.agent.thread.Checks;
import whorl.agent.thread.LiveThreads;
import whorl.agent.thread.StallCheck;

/**
 * Checks every two seconds that monitoring is still as it was set up: the hooks, the rules, the
 * recording, the channel to the collector, the agent's threads. Manipulations are reported and
 * repaired. Two threads watch the other threads and each other. {@link SelfTest} and the collector
 * find what these checks miss.
 */
final class TamperWatch implements Runnable {
  private static final String FIRST = AgentThreads.threadName(AgentThreads.WATCH);
  private static final String SECOND = AgentThreads.threadName(AgentThreads.SECOND_WATCH);

  private static final Logger LOG = LoggerFactory.getLogger(TamperWatch.class);
  private static final long PERIOD_MILLIS = 2_000;

  /**
   * This check loads a class each time, whose memory is freed only when the JVM next unloads
   * classes.
   */
  private static final int ROUNDS_PER_LOADED_CLASS = 100;

  private static final String LISTENER = "Attach Listener";

  private static final Thread NEVER_STARTED = new Thread(null, null, "whorl-never", 0, false);

  /** Rounds of one watch thread without any of the other's. */
  private static final int STALLED_ROUNDS = 4;

  /** A round of a watch thread that comes so long after the one before is late. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS * 3 / 2);

  private final EventSink sink;
  private final Hooks hooks;
  private final RecordingStart recording;
  private final ActiveRules rules;
  private final Shipper shipper;
  private final LiveThreads live;
  private final ThreadWatch threads = new ThreadWatch(this::report);
  private final Checks checks = new Checks();
  private int round;
  private boolean attachListens;
  private volatile int rounds;
  private volatile int secondRounds;

  private TamperWatch(
      EventSink sink,
      Hooks hooks,
      RecordingStart recording,
      ActiveRules rules,
      Shipper shipper,
      LiveThreads live) {
    this.sink = sink;
    this.hooks = hooks;
    this.recording = recording;
    this.rules = rules;
    this.shipper = shipper;
    this.live = live;
    this.attachListens = attachListens();
  }

  static void start(
      EventSink sink,
      Hooks hooks,
      RecordingStart recording,
      ActiveRules rules,
      Shipper shipper,
      LiveThreads live) {
    TamperWatch watch = new TamperWatch(sink, hooks, recording, rules, shipper, live);
    new AgentThreads(AgentThreads.WATCH).newThread(watch).start();
    new AgentThreads(AgentThreads.SECOND_WATCH).newThread(watch::watchThreads).start();
  }

  @Override
  public void run() {
    StallCheck other = otherThread();
    repeat(
        () -> {
          rounds++;
          check(other, SECOND, secondRounds);
          check();
        });
  }

  private void watchThreads() {
    StallCheck other = otherThread();
    repeat(
        () -> {
          secondRounds++;
          check(other, FIRST, rounds);
          threads.check();
        });
  }

  private static StallCheck otherThread() {
    return new StallCheck(STALLED_ROUNDS, LATE_NANOS, System.nanoTime());
  }

  private void check(StallCheck other, String name, int itsRounds) {
    if (other.isStalled(itsRounds, System.nanoTime())) {
      report(Tampering.AGENT_THREAD_STALLED, name, "no round in " + STALLED_ROUNDS);
    }
  }

  private interface Check {
    void check() throws Exception;
  }

  private static void repeat(Check check) {
    while (true) {
      try {
        Thread.sleep(PERIOD_MILLIS);
        check.check();
      } catch (InterruptedException e) {
        // No legitimate code interrupts them: both threads continue until the JVM ends.
      } catch (OutOfMemoryError noRoom) {
        // The watch must continue.
      } catch (Exception | LinkageError e) {
        LOG.warn("the watch continues after {}", e.toString());
      }
    }
  }

  private void check() {
    checks.run("threads", threads::check);
    checks.run("rules", () -> rules.repair(sink, this::report));
    checks.run("hooks", this::hooks);
    checks.run("channel", this::channel);
    checks.run("attach listener", this::attachListener);
    checks.run("recording", this::recording); // last: JFR's lock may be held for seconds
  }

  private void hooks() throws UnmodifiableClassException {
    HookGuard guard = hooks.guard();
    if (guard != null) {
      guard.check().forEach(this::report);
      if (++round % ROUNDS_PER_LOADED_CLASS == 1) {
        guard.checkTransformer().forEach(this::report);
      }
    }
  }

  private void channel() {
    if (!ending() && shipper.reopen()) {
      report(Tampering.CHANNEL_CLOSED, "the way to the collector", "opened again");
    }
  }

  private void attachListener() {
    if (!attachListens && attachListens()) {
      attachListens = true;
      report(Tampering.ATTACH_LISTENER_STARTED, LISTENER, null);
    }
  }

  private void recording() throws Exception {
    hooks.tamper().setRecording(recording.current());
    Object before = recording.current();
    String repaired = recording.repair(TamperWatch::ending);
    if (repaired != null) {
      hooks.tamper().setRecording(recording.current());
      boolean stopped = recording.current() != before;
      report(kind(repaired, stopped), repaired, stopped ? "started again" : "set again");
    }
  }

  private static Tampering kind(String repaired, boolean stopped) {
    if (stopped) {
      return Tampering.RECORDING_STOPPED;
    }
    return repaired.startsWith(RollingRecording.EVENT_TYPES)
        ? Tampering.EVENT_TYPE_UNREGISTERED
        : Tampering.RECORDING_CHANGED;
  }

  private void report(HookGuard.Finding finding) {
    report(finding.kind(), finding.target(), finding.detail());
  }

  private void report(Tampering kind, String target, @Nullable String detail) {
    if (!ending()) {
      WatchReports.tampered(sink, kind.word(), target, detail);
    }
  }

  /** True if the JVM is ending: then threads and the recording end legitimately. */
  static boolean ending() {
    if (ShutdownSequence.hasBegun()) {
      return true;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(NEVER_STARTED);
      return false;
    } catch (IllegalStateException inShutdown) {
      return true;
    }
  }

  /** True if the JVM accepts attaching processes: the thread that does so exists. */
  private boolean attachListens() {
    for (Thread thread : live.list()) {
      if (thread.getName().equals(LISTENER)) {
        return true;
      }
    }
    return false;
  }
}
