package whorl.collector.performance.series;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import whorl.collector.performance.series.Measure.Kind;

/** All measures, in the order of their series in an answer. */
final class Measures {
  static final String RATIO = "ratio";
  static final String BYTES = "bytes";
  static final String BYTES_PER_SECOND = "bytes/s";
  static final String PER_SECOND = "1/s";
  static final String SECONDS = "s";
  static final String COUNT = "count";

  private static final String CPU = "jdk.CPULoad";
  private static final String HEAP = "jdk.GCHeapSummary";
  private static final String COLLECTION = "jdk.GarbageCollection";
  private static final String THREADS = "jdk.JavaThreadStatistics";
  private static final String CLASSES = "jdk.ClassLoadingStatistics";
  private static final String REQUEST = "whorl.HttpRequest";
  private static final String NETWORK = "jdk.NetworkUtilization";
  private static final int SERVER_ERROR = 500;
  private static final double BITS = 8;

  static final List<Measure> ALL =
      List.of(
          Measure.of("cpu.jvm.user", RATIO, Kind.LEVEL, CPU, "jvmUser"),
          Measure.of("cpu.jvm.system", RATIO, Kind.LEVEL, CPU, "jvmSystem"),
          Measure.of("cpu.machine", RATIO, Kind.LEVEL, CPU, "machineTotal"),
          heapUsed("heap.used.before", "Before"),
          heapUsed("heap.used.after", "After"),
          Measure.of(
              "heap.committed",
              BYTES,
              Kind.LEVEL,
              HEAP,
              values -> values.number("heapSpace.committedSize"),
              "heapSpace"),
          Measure.of("memory.resident", BYTES, Kind.LEVEL, "jdk.ResidentSetSize", "size"),
          Measure.events("gc.collections", COLLECTION),
          Measure.of("gc.pause.longest", SECONDS, Kind.LEVEL, COLLECTION, "longestPause"),
          Measure.of("gc.pause.share", RATIO, Kind.SHARE, COLLECTION, "sumOfPauses"),
          Measure.of(
              "allocation.sampled",
              BYTES_PER_SECOND,
              Kind.AMOUNT,
              "jdk.ObjectAllocationSample",
              "weight"),
          Measure.of(
              "allocation.tlab",
              BYTES_PER_SECOND,
              Kind.AMOUNT,
              "jdk.ObjectAllocationInNewTLAB",
              "tlabSize"),
          Measure.of("threads.active", COUNT, Kind.LEVEL, THREADS, "activeCount"),
          Measure.of("threads.daemon", COUNT, Kind.LEVEL, THREADS, "daemonCount"),
          Measure.events("threads.started", "jdk.ThreadStart"),
          Measure.of(
              "locks.waited", RATIO, Kind.SHARE, "jdk.JavaMonitorEnter", EventValues::seconds),
          Measure.of(
              "exceptions.thrown",
              PER_SECOND,
              Kind.COUNTER,
              "jdk.ExceptionStatistics",
              "throwables"),
          Measure.events("errors.thrown", "jdk.JavaErrorThrow"),
          withRepeated("requests.handled", REQUEST),
          Measure.of(
              "requests.failed",
              PER_SECOND,
              Kind.AMOUNT,
              REQUEST,
              values -> values.number("status") >= SERVER_ERROR ? 1 : Double.NaN,
              "status"),
          Measure.of("requests.duration", SECONDS, Kind.LEVEL, REQUEST, "elapsed"),
          Measure.of("requests.received", BYTES_PER_SECOND, Kind.AMOUNT, REQUEST, "requestBytes"),
          Measure.of("requests.sent", BYTES_PER_SECOND, Kind.AMOUNT, REQUEST, "responseBytes"),
          withRepeated("files.opened", "whorl.FileOpen"),
          Measure.events("files.slow", "jdk.FileRead"),
          Measure.of("files.read.slow", BYTES_PER_SECOND, Kind.AMOUNT, "jdk.FileRead", "bytesRead"),
          Measure.of(
              "files.written.slow", BYTES_PER_SECOND, Kind.AMOUNT, "jdk.FileWrite", "bytesWritten"),
          Measure.events("sockets.connected", "whorl.SocketConnect"),
          Measure.events("sockets.accepted", "whorl.SocketAccept"),
          Measure.of(
              "sockets.read.slow", BYTES_PER_SECOND, Kind.AMOUNT, "jdk.SocketRead", "bytesRead"),
          Measure.of(
              "sockets.written.slow",
              BYTES_PER_SECOND,
              Kind.AMOUNT,
              "jdk.SocketWrite",
              "bytesWritten"),
          network("network.received", "readRate"),
          network("network.sent", "writeRate"),
          Measure.of("classes.loaded", PER_SECOND, Kind.COUNTER, CLASSES, "loadedClassCount"),
          Measure.of("classes.unloaded", PER_SECOND, Kind.COUNTER, CLASSES, "unloadedClassCount"));

  private Measures() {}

  private static Measure heapUsed(String series, String when) {
    return Measure.of(
        series,
        BYTES,
        Kind.LEVEL,
        HEAP,
        values -> values.text("when").startsWith(when) ? values.number("heapUsed") : Double.NaN,
        "when",
        "heapUsed");
  }

  /**
   * The number of events of a type that the agent counts within a second instead of emitting equal
   * ones: {@code repeated} says how many came before without an event.
   */
  private static Measure withRepeated(String series, String event) {
    return Measure.of(
        series,
        PER_SECOND,
        Kind.AMOUNT,
        event,
        values -> {
          double repeated = values.number("repeated");
          return Double.isNaN(repeated) ? 1 : 1 + repeated;
        },
        "repeated");
  }

  private static Measure network(String series, String field) {
    return Measure.of(
            series,
            BYTES_PER_SECOND,
            Kind.LEVEL,
            NETWORK,
            values -> values.number(field) / BITS,
            field,
            "networkInterface")
        .by("networkInterface");
  }

  /** The names of the fields that these measures read. */
  static Set<String> fields(List<Measure> measures) {
    Set<String> fields = new HashSet<>();
    measures.forEach(each -> fields.addAll(each.fields()));
    return fields;
  }
}
