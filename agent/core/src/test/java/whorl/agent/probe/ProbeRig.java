package whorl.agent.probe;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.Holder;
import whorl.agent.hook.weave.TestHolder;
import whorl.agent.redact.Redactor;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.ProbeCall;
import whorl.evidence.channel.ProbeRequest;

/** Probes of this JVM with a real Instrumentation, worked on by the test's thread. */
final class ProbeRig implements AutoCloseable {
  static final String ORDERS = "com.example.probed.Orders";

  final Instrumentation instrumentation = TestInstrumentation.get();
  final Holder holder = TestHolder.of(instrumentation);
  final EventSink sink = new EventSink(new EpochClock());
  final List<ProbeReport> reports = new CopyOnWriteArrayList<>();
  final AtomicLong nanos = new AtomicLong(1);
  final ProbePoints points = new ProbePoints();
  final ProbeTransformer transformer = new ProbeTransformer(points);
  final ProbeObserver observer = new ProbeObserver(points, sink, null);
  final ProbeWork work;
  private int probes;

  ProbeRig() throws Exception {
    this(null);
  }

  /**
   * @param other the Instrumentation for the probes; null for the real one
   */
  ProbeRig(@Nullable Instrumentation other) throws Exception {
    Instrumentation used = other == null ? instrumentation : other;
    work =
        new ProbeWork(
            new ProbeWeaver(
                used, new ProbeTargets(used, null), points, transformer, observer, holder),
            new Redactor(List.of()),
            reports::add,
            nanos::get);
  }

  Id begin(ProbeRequest request) {
    Id id = new Id("probe-000" + ++probes);
    work.begin(new CollectorMessage.Probe(id, request));
    return id;
  }

  static ProbeRequest of(String method) {
    return new ProbeRequest(ORDERS, method, null, 60, 100, false, false, false);
  }

  static ProbeRequest withValues(String method) {
    return new ProbeRequest(ORDERS, method, null, 60, 100, true, false, false);
  }

  void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      work.tick();
    }
  }

  ProbeReport last() {
    return reports.get(reports.size() - 1);
  }

  List<ProbeCall> calls() {
    work.tick();
    List<ProbeCall> calls = new ArrayList<>();
    for (ProbeReport each : reports) {
      calls.addAll(each.calls());
    }
    return calls;
  }

  List<AgentEvent> events() {
    return sink.snapshot().stream().filter(event -> event.type() == EventType.METHOD_CALL).toList();
  }

  /** The class file as the JVM hands it to a transformer that comes after all others. */
  byte[] bytesOf(Class<?> type) throws Exception {
    byte[][] seen = new byte[1][];
    ClassFileTransformer capturing =
        new ClassFileTransformer() {
          @Override
          public byte @Nullable [] transform(
              @Nullable ClassLoader loader,
              @Nullable String name,
              @Nullable Class<?> redefined,
              @Nullable ProtectionDomain domain,
              byte[] bytes) {
            if (redefined == type) {
              seen[0] = bytes.clone();
            }
            return null;
          }
        };
    instrumentation.addTransformer(capturing, true);
    try {
      instrumentation.retransformClasses(type);
    } finally {
      instrumentation.removeTransformer(capturing);
    }
    return seen[0];
  }

  @Override
  public void close() {
    work.endAll("the test is over");
  }
}
