package whorl.agent.event;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import whorl.agent.event.time.EpochClock;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** The sink and its ring, with a recording and stages that do nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBenchmark {
  private static final int EVENTS = 20_000;

  private final EventSink sink = new EventSink(new EpochClock());
  private final EventSink full = new EventSink(new EpochClock());
  private final String path = "/usr/share/shop/templates/catalogue/item-4711.html";

  @Setup
  public void fill() {
    sink.startupEnded();
    full.startupEnded();
    sink.record(event -> {});
    full.record(event -> {});
    for (int i = 0; i < EVENTS; i++) {
      emit(full);
    }
  }

  @Benchmark
  public void publish() {
    emit(sink);
  }

  @Benchmark
  @Threads(2)
  public void publishByTwo() {
    emit(sink);
  }

  @Benchmark
  public List<AgentEvent> drain() {
    return new ArrayList<>(full.snapshot());
  }

  private void emit(EventSink to) {
    to.emit(EventType.FILE_OPEN, path, "read", false, false);
  }
}
