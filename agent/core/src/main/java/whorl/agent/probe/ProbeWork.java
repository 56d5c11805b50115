package whorl.agent.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.redact.Redactor;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.ProbeCall;
import whorl.evidence.channel.ProbeState;

/** The probes of this JVM. Used by one thread, except {@link #stopAll} and the counters. */
final class ProbeWork {
  /** Probes at a time. */
  static final int RUNNING_MAX = 4;

  private static final long SCAN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SCANS_AFTER_NOTICE = 10;
  private static final int REPORT_BYTES = 256 << 10;

  private final ProbeWeaver weaver;
  private final Redactor redactor;
  private final Consumer<ProbeReport> reports;
  private final LongSupplier nanos;
  private final Map<Id, RunningProbe> running = new LinkedHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong notRestored = new AtomicLong();
  private volatile List<RunningProbe> all = List.of();
  private long scannedNanos;
  private int scansLeft;

  /**
   * @param nanos a monotonic clock
   */
  ProbeWork(
      ProbeWeaver weaver, Redactor redactor, Consumer<ProbeReport> reports, LongSupplier nanos) {
    this.weaver = weaver;
    this.redactor = redactor;
    this.reports = reports;
    this.nanos = nanos;
  }

  /** Probes that were refused. */
  long refused() {
    return refused.get();
  }

  /** Probes whose classes could not be restored, as far as the JVM shows. */
  long notRestored() {
    return notRestored.get();
  }

  boolean isIdle() {
    return running.isEmpty();
  }

  void begin(CollectorMessage.Probe asked) {
    if (running.containsKey(asked.probe())) {
      return; // asked again
    }
    if (running.size() >= RUNNING_MAX) {
      refuse(asked.probe(), RUNNING_MAX + " probes run in this JVM already; end one first");
      return;
    }
    ProbeClasses.load();
    RunningProbe probe =
        new RunningProbe(asked.probe(), asked.request(), redactor, nanos.getAsLong());
    running.put(probe.id(), probe);
    if (weave(probe) && !probe.isWoven()) {
      report(probe, ProbeState.WAITING, null, List.of(), List.of(), null);
    }
    changed();
  }

  /** False if the probe was refused, and is gone. */
  private boolean weave(RunningProbe probe) {
    try {
      List<String> methods = weaver.weave(probe);
      if (methods != null) {
        probe.start();
        report(probe, ProbeState.RUNNING, null, methods, List.of(), null);
      }
      return true;
    } catch (ProbeRefusedException e) {
      running.remove(probe.id());
      if (!weaver.restore(probe)) {
        notRestored.incrementAndGet();
      }
      refuse(probe.id(), String.valueOf(e.getMessage()));
      return false;
    }
  }

  private void refuse(Id probe, String why) {
    refused.incrementAndGet();
    reports.accept(ProbeReport.refused(probe, ProbeText.cut(why)));
  }

  void tick() {
    long now = nanos.getAsLong();
    lookForAwaited(now);
    for (RunningProbe probe : List.copyOf(running.values())) {
      probe.refill(now);
      send(probe);
      if (probe.isWoven() && probe.isFull()) {
        end(probe.id(), "it has recorded " + probe.request().calls() + " calls");
      } else if (probe.isOver(now)) {
        end(
            probe.id(),
            probe.isWoven()
                ? "its time is over"
                : "the class was not loaded in " + probe.request().seconds() + " s");
      }
    }
  }

  /** Looks at all classes only after one of the name has begun to load. */
  private void lookForAwaited(long now) {
    if (weaver.takeNoticed()) {
      scansLeft = SCANS_AFTER_NOTICE;
      scannedNanos = now - SCAN_NANOS;
    }
    if (scansLeft > 0 && now - scannedNanos >= SCAN_NANOS) {
      scansLeft--;
      scannedNanos = now;
      for (RunningProbe probe : List.copyOf(running.values())) {
        if (!probe.isWoven()) {
          boolean unused = weave(probe);
        }
      }
      changed();
    }
  }

  private void send(RunningProbe probe) {
    List<ProbeCall> calls = new ArrayList<>();
    int bytes = 0;
    for (RecordedCall call = probe.poll(); call != null; call = probe.poll()) {
      calls.add(call.message());
      bytes += call.bytes();
      if (calls.size() == ProbeReport.CALLS_MAX || bytes > REPORT_BYTES) {
        report(probe, ProbeState.RUNNING, null, List.of(), calls, null);
        calls = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!calls.isEmpty()) {
      report(probe, ProbeState.RUNNING, null, List.of(), calls, null);
    }
  }

  void end(Id id, String why) {
    RunningProbe probe = running.remove(id);
    if (probe == null) {
      return;
    }
    probe.stop();
    boolean restored = weaver.restore(probe);
    if (!restored) {
      notRestored.incrementAndGet();
    }
    send(probe);
    report(probe, ProbeState.ENDED, why, List.of(), List.of(), restored);
    changed();
  }

  void endAll(String why) {
    for (Id each : List.copyOf(running.keySet())) {
      end(each, why);
    }
  }

  /** Any thread. */
  void stopAll() {
    all.forEach(RunningProbe::stop);
  }

  private void changed() {
    all = List.copyOf(running.values());
    List<String> awaited = new ArrayList<>();
    for (RunningProbe probe : all) {
      if (!probe.isWoven()) {
        awaited.add(probe.request().type());
      }
    }
    weaver.await(awaited);
  }

  private void report(
      RunningProbe probe,
      ProbeState state,
      @Nullable String reason,
      List<String> methods,
      List<ProbeCall> calls,
      @Nullable Boolean restored) {
    reports.accept(
        new ProbeReport(
            probe.id(),
            state,
            reason == null ? null : ProbeText.cut(reason),
            methods.stream().limit(ProbeReport.METHODS_MAX).map(ProbeText::cut).toList(),
            calls,
            probe.recorded(),
            probe.skipped(),
            probe.lost(),
            restored,
            probe.notes().stream().limit(ProbeText.NOTES_MAX).map(ProbeText::cut).toList()));
  }
}
