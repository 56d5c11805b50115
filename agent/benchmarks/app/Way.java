import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the application is run with. */
enum Way {
  NONE(null),
  WHORL("whorl-agent"),
  /** The flight recorder alone, with its default settings and a recording as large as Whorl's. */
  JFR(null),
  OTEL("opentelemetry-javaagent"),
  DATADOG("dd-java-agent"),
  ELASTIC("elastic-apm-agent");

  private final String jar;

  Way(String jar) {
    this.jar = jar;
  }

  /** Its name in tables and on the command line. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The agent's jar, where there is one. */
  Optional<Path> agent(List<Path> jars) {
    if (jar == null) {
      return Optional.empty();
    }
    for (Path path : jars) {
      if (path.getFileName().toString().startsWith(jar)) {
        return Optional.of(path);
      }
    }
    throw new IllegalStateException("no " + jar + " among " + jars);
  }

  /** JVM options; exporters are off, so that nothing waits for a server that is not there. */
  List<String> options(List<Path> jars) {
    List<String> options = new ArrayList<>();
    agent(jars).ifPresent(path -> options.add("-javaagent:" + path));
    if (this == JFR) {
      options.add("-XX:StartFlightRecording=settings=default,maxsize=24m");
    }
    return options;
  }

  Map<String, String> environment() {
    return switch (this) {
      case OTEL ->
          Map.of(
              "OTEL_TRACES_EXPORTER", "none",
              "OTEL_METRICS_EXPORTER", "none",
              "OTEL_LOGS_EXPORTER", "none");
      case DATADOG ->
          Map.of(
              "DD_TRACE_AGENT_URL", "http://127.0.0.1:9",
              "DD_INSTRUMENTATION_TELEMETRY_ENABLED", "false",
              "DD_REMOTE_CONFIG_ENABLED", "false",
              "DD_JMXFETCH_ENABLED", "false",
              "DD_TRACE_STARTUP_LOGS", "false");
      case ELASTIC ->
          Map.of("ELASTIC_APM_DISABLE_SEND", "true", "ELASTIC_APM_CENTRAL_CONFIG", "false");
      default -> Map.of();
    };
  }
}
