package whorl.agent;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.HookGuard;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.tamper.Tampering;

/**
 * Looks every few seconds whether the watching is still as it was set up: the hooks, the recording,
 * the agent's threads. What somebody undid is told and done again. Two threads do it, so that each
 * can take the other's place.
 */
final class TamperWatch implements Runnable {
  static final String FIRST = "whorl-watch";
  static final String SECOND = "whorl-watch-2";

  private static final Logger LOG = LoggerFactory.getLogger(TamperWatch.class);
  private static final long PERIOD_MILLIS = 3_000;

  /**
   * A class is loaded each time, whose memory comes back only when the JVM next gives some back.
   */
  private static final int ROUNDS_PER_LOADED_CLASS = 100;

  private static final String LISTENER = "Attach Listener";

  private static final Thread NEVER_STARTED = new Thread(null, null, "whorl-never", 0, false);

  private final EventSink sink;
  private final Hooks hooks;
  private final RecordingStage recording;
  private int round;
  private boolean listens;

  private TamperWatch(EventSink sink, Hooks hooks, RecordingStage recording) {
    this.sink = sink;
    this.hooks = hooks;
    this.recording = recording;
    this.listens = listens();
  }

  static void start(EventSink sink, Hooks hooks, RecordingStage recording) {
    TamperWatch watch = new TamperWatch(sink, hooks, recording);
    new AgentThreads(FIRST.substring("whorl-".length())).newThread(watch).start();
    new AgentThreads(SECOND.substring("whorl-".length()))
        .newThread(watch::lookAfterThreads)
        .start();
  }

  @Override
  public void run() {
    repeat(this::look);
  }

  private void lookAfterThreads() {
    repeat(this::threads);
  }

  private interface Look {
    void look() throws Exception;
  }

  private static void repeat(Look look) {
    while (true) {
      try {
        Thread.sleep(PERIOD_MILLIS);
        look.look();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (OutOfMemoryError noRoom) {
        // Somebody must go on to look.
      } catch (Exception | LinkageError e) {
        LOG.warn("the watch goes on after {}", e.toString());
      }
    }
  }

  private void look() throws Exception {
    threads();
    recording();
    HookGuard guard = hooks.guard();
    if (guard != null) {
      guard.look().forEach(this::tell);
      if (++round % ROUNDS_PER_LOADED_CLASS == 1) {
        guard.lookAtTransformer().forEach(this::tell);
      }
    }
    if (!listens && listens()) {
      listens = true;
      tell(Tampering.ATTACH_LISTENER_STARTED, LISTENER, null);
    }
  }

  private void recording() throws Exception {
    hooks.tamper().recordingIs(recording.current());
    Object before = recording.current();
    String repaired = recording.repair(TamperWatch::ending);
    if (repaired != null) {
      hooks.tamper().recordingIs(recording.current());
      boolean stopped = recording.current() != before;
      tell(
          stopped ? Tampering.RECORDING_STOPPED : Tampering.RECORDING_CHANGED,
          repaired,
          stopped ? "started again" : "set again");
    }
  }

  private void threads() {
    for (AgentThreads.Ended ended = AgentThreads.nextEnded();
        ended != null;
        ended = AgentThreads.nextEnded()) {
      if (ending()) {
        return;
      }
      new AgentThreads(ended.name().substring("whorl-".length())).newThread(ended.work()).start();
      tell(Tampering.AGENT_THREAD_ENDED, ended.name(), "started again");
    }
  }

  private void tell(HookGuard.Finding finding) {
    tell(finding.kind(), finding.target(), finding.detail());
  }

  private void tell(Tampering kind, String target, @Nullable String detail) {
    if (!ending()) {
      sink.emit(EventType.TAMPER, kind.word(), target, detail);
    }
  }

  /** Whether the JVM is ending: then threads and the recording end in good order. */
  private static boolean ending() {
    if (ExitStage.hasBegun()) {
      return true;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(NEVER_STARTED);
      return false;
    } catch (IllegalStateException inShutdown) {
      return true;
    }
  }

  /** Whether the JVM listens for others to attach, by the thread that does. */
  private static boolean listens() {
    ThreadGroup top = Thread.currentThread().getThreadGroup();
    while (top.getParent() != null) {
      top = top.getParent();
    }
    Thread[] threads = new Thread[top.activeCount() + 16];
    int count = top.enumerate(threads, true);
    for (int i = 0; i < count; i++) {
      if (threads[i].getName().equals(LISTENER)) {
        return true;
      }
    }
    return false;
  }
}
