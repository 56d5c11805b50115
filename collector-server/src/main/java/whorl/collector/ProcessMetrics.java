package whorl.collector;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import whorl.collector.http.server.Metrics;
import whorl.collector.wiring.base.Readiness;

/** Metrics of the collector's process: version, memory, processor, garbage collection, room. */
final class ProcessMetrics {
  private static final double MILLIS = 1e3;
  private static final double NANOS = 1e9;

  private ProcessMetrics() {}

  static void register(Metrics metrics, Path dataFolder, Readiness readiness) {
    Runtime runtime = Runtime.getRuntime();
    String version = CollectorServer.class.getPackage().getImplementationVersion();
    long started = Instant.now().getEpochSecond();
    metrics.gauge(
        "whorl_build_info",
        "1, with the version of this collector and of its Java.",
        () -> 1,
        "version",
        version == null ? "unpackaged" : version,
        "java",
        Runtime.version().toString());
    metrics.gauge(
        "whorl_ready",
        "1 if evidence can be received, else 0; /readyz says why.",
        () -> readiness.now().ready() ? 1 : 0);
    metrics.gauge(
        "whorl_collector_start_time_seconds",
        "When this collector started, in seconds since 1970.",
        () -> started);
    metrics.gauge(
        "whorl_collector_heap_used_bytes",
        "Java heap in use.",
        () -> runtime.totalMemory() - runtime.freeMemory());
    metrics.gauge("whorl_collector_heap_max_bytes", "The largest Java heap.", runtime::maxMemory);
    metrics.gauge(
        "whorl_collector_data_free_bytes",
        "Room left where the data folder is.",
        () -> dataFolder.toFile().getUsableSpace());
    metrics.gauge(
        "whorl_collector_threads",
        "Threads of the collector's JVM.",
        () -> ManagementFactory.getThreadMXBean().getThreadCount());
    metrics.counters(
        "whorl_collector_gc_seconds_total",
        "Time of garbage collections.",
        "collector",
        () -> Map.of("", gcSeconds()));
    metrics.counters(
        "whorl_collector_cpu_seconds_total",
        "Processor time of the collector's JVM, without confined JVMs.",
        "collector",
        ProcessMetrics::cpuSeconds);
  }

  private static double gcSeconds() {
    double millis = 0;
    for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
      millis += Math.max(0, each.getCollectionTime());
    }
    return millis / MILLIS;
  }

  /** Empty where the system does not say. */
  private static Map<String, Double> cpuSeconds() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(time -> Map.of("", time.toNanos() / NANOS))
        .orElse(Map.of());
  }
}
