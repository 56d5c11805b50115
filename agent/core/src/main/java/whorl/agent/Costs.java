package whorl.agent;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.environment.ThreadTimes;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.evidence.channel.AgentCosts;

/**
 * Measures what the agent costs this JVM, for its heartbeats. All values are read on the network
 * thread when a heartbeat is due; the application's threads only count, see {@link Hooks#visits}.
 *
 * <p>Bytes that the agent's threads allocate are not included: only {@code java.management} reports
 * them, and that module is not loaded for this.
 */
final class Costs implements Supplier<AgentCosts> {
  private static final double NANOS_PER_SECOND = 1e9;

  private final ThreadTimes threads;
  private final Hooks hooks;
  private final EventSink sink;
  private final LongSupplier ageNanos;
  private final List<Supplier<Map<String, Long>>> heapUsers = new CopyOnWriteArrayList<>();

  /**
   * @param ageNanos nanoseconds since the agent started
   */
  Costs(ThreadTimes threads, Hooks hooks, EventSink sink, LongSupplier ageNanos) {
    this.threads = threads;
    this.hooks = hooks;
    this.sink = sink;
    this.ageNanos = ageNanos;
    add(sink::heldBytes);
    add(() -> Map.of("classes", hooks.generatedClasses().heldBytes()));
  }

  /** Adds a stage that holds heap bytes, by name; bytes of equal names are summed. */
  void add(Supplier<Map<String, Long>> heapUser) {
    heapUsers.add(heapUser);
  }

  /** Returns the current costs; for one thread at a time. */
  @Override
  public synchronized AgentCosts get() {
    ThreadTimes.Used used = threads.sample();
    Map<String, Long> held = new TreeMap<>();
    for (Supplier<Map<String, Long>> heapUser : heapUsers) {
      heapUser.get().forEach((name, bytes) -> held.merge(name, Math.max(0, bytes), Long::sum));
    }
    return new AgentCosts(
        ageNanos.getAsLong() / NANOS_PER_SECOND,
        own(used),
        jfr(used),
        hooks.visitNanos() / NANOS_PER_SECOND,
        hooks.visits(),
        sink.emitted(),
        sink.counted(),
        held);
  }

  /** Call this when the current thread, one of the agent's, is about to end. */
  synchronized void threadEnds() {
    threads.addEndingThread();
  }

  private static @Nullable Double own(ThreadTimes.@Nullable Used used) {
    return used == null ? null : (Double) used.own();
  }

  private static @Nullable Double jfr(ThreadTimes.@Nullable Used used) {
    return used == null ? null : (Double) used.jfr();
  }
}
