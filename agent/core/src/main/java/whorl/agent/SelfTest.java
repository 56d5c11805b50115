package whorl.agent;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.event.SelfTestProgress.Stage;
import whorl.agent.event.WatchReports;
import whorl.agent.hook.HookGuard;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.ship.channel.SelfTests;
import whorl.agent.thread.Checks;
import whorl.evidence.channel.AgentMessage;

/**
 * Tests the whole path of events end to end, every two seconds: a call of a woven method becomes an
 * event, a rule match, an alert, and a message to the collector. The collector raises an alert if a
 * stage stays silent, since a blinded agent cannot report that itself. This thread takes no lock of
 * JFR, which a dump may hold for many seconds.
 */
final class SelfTest implements Runnable, SelfTests {
  private static final long PERIOD_MILLIS = 2_000;

  /** If less than this part of the heap is free, a test may find no memory for its event. */
  private static final int SCARCE_FRACTION = 32;

  /** One test may fail while rules or the recording are legitimately replaced. */
  private static final int FAILURES_BEFORE_EVENT = 2;

  private final Hooks hooks;
  private final EventSink sink;
  private final RecordingStart recording;
  private final SelfTestProgress testProgress;
  private final ThreadWatch threads = new ThreadWatch(this::report);
  private int failures;

  SelfTest(Hooks hooks, EventSink sink, RecordingStart recording) {
    this.hooks = hooks;
    this.sink = sink;
    this.recording = recording;
    this.testProgress = sink.selfTests();
  }

  @Override
  public void run() {
    Checks checks = new Checks();
    while (true) {
      try {
        Thread.sleep(PERIOD_MILLIS);
      } catch (InterruptedException e) {
        // No legitimate code interrupts this thread: it continues until the JVM ends.
        continue;
      }
      checks.run("threads", threads::check); // in case both watch threads are gone
      checks.run("events", this::test);
    }
  }

  private void test() {
    HookGuard guard = hooks.guard();
    if (guard == null || !guard.selfTest(testProgress)) {
      return;
    }
    long number = testProgress.number();
    Stage silent = silent(number);
    if (silent == null || memoryIsScarce()) {
      failures = 0;
    } else if (++failures == FAILURES_BEFORE_EVENT) {
      report(Tampering.SELF_TEST_FAILED, silent.word(), "test " + number + " did not come through");
    }
  }

  /** If so, other reports explain the silence here; the collector notices if it lasts. */
  private static boolean memoryIsScarce() {
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    return free < runtime.maxMemory() / SCARCE_FRACTION;
  }

  private void report(Tampering kind, String target, String detail) {
    if (!TamperWatch.ending()) {
      WatchReports.tampered(sink, kind.word(), target, detail);
    }
  }

  /** Returns the first stage on this thread that did not see the test; null if all did. */
  private @Nullable Stage silent(long number) {
    if (testProgress.newest(Stage.HOOKS) != number) {
      return Stage.HOOKS;
    }
    if (recording.running() && testProgress.newest(Stage.RECORDING) != number) {
      return Stage.RECORDING;
    }
    return testProgress.newest(Stage.RULES) != number ? Stage.RULES : null;
  }

  /** Returns true, or why there are no tests. */
  Object capability() {
    HookGuard guard = hooks.guard();
    return guard != null && guard.canSelfTest() ? true : "the hook tamper is disabled";
  }

  @Override
  public AgentMessage.SelfTest report() {
    Map<String, Long> stages = testProgress.stages(recording.running());
    return new AgentMessage.SelfTest(testProgress.number(), stages);
  }

  @Override
  public void onSelfTestReceived(long number) {
    testProgress.reached(Stage.CHANNEL, number);
  }
}
