import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the application is run with.
 *
 * @param label its name in tables and on the command line
 * @param jar how the name of the agent's jar begins; null where there is none
 * @param environment exporters are off, so that nothing waits for a server that is not there
 */
record Way(String label, String jar, List<String> options, Map<String, String> environment) {
  private static final String WHORL = "whorl-agent";
  private static final String WITHOUT = "whorl-without-";

  /**
   * The way of that name: {@code none}; {@code jfr}, the flight recorder alone, with its default
   * settings and a recording as large as Whorl's; {@code whorl}, and {@code whorl-without-} hooks,
   * separated by plus signs, {@code whorl-impatient}, which does not wait for the application's
   * start, and {@code before}, another jar of it; {@code otel}, {@code datadog}, {@code elastic}.
   */
  static Way of(String label) {
    if (label.startsWith(WITHOUT)) {
      String hooks = label.substring(WITHOUT.length()).replace('+', ',');
      return agent(label, WHORL, Map.of("WHORL_HOOKS_DISABLED", hooks));
    }
    return switch (label) {
      case "none" -> new Way(label, null, List.of(), Map.of());
      case "jfr" ->
          new Way(
              label,
              null,
              List.of("-XX:StartFlightRecording=settings=default,maxsize=24m"),
              Map.of());
      case "whorl" -> agent(label, WHORL, Map.of());
      case "whorl-impatient" -> agent(label, WHORL, Map.of("WHORL_START_PATIENCE", "0s"));
      case "before" -> agent(label, "whorl-before", Map.of());
      case "otel" ->
          agent(
              label,
              "opentelemetry-javaagent",
              Map.of(
                  "OTEL_TRACES_EXPORTER", "none",
                  "OTEL_METRICS_EXPORTER", "none",
                  "OTEL_LOGS_EXPORTER", "none"));
      case "datadog" ->
          agent(
              label,
              "dd-java-agent",
              Map.of(
                  "DD_TRACE_AGENT_URL", "http://127.0.0.1:9",
                  "DD_INSTRUMENTATION_TELEMETRY_ENABLED", "false",
                  "DD_REMOTE_CONFIG_ENABLED", "false",
                  "DD_JMXFETCH_ENABLED", "false",
                  "DD_TRACE_STARTUP_LOGS", "false"));
      case "elastic" ->
          agent(
              label,
              "elastic-apm-agent",
              Map.of("ELASTIC_APM_DISABLE_SEND", "true", "ELASTIC_APM_CENTRAL_CONFIG", "false"));
      default -> throw new IllegalArgumentException("no such way: " + label);
    };
  }

  private static Way agent(String label, String jar, Map<String, String> environment) {
    return new Way(label, jar, List.of(), environment);
  }

  /** The same with one more option of the JVM's. */
  Way with(String option) {
    List<String> more = new ArrayList<>(options);
    more.add(option);
    return new Way(label, jar, more, environment);
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

  /** JVM options. */
  List<String> options(List<Path> jars) {
    List<String> all = new ArrayList<>();
    agent(jars).ifPresent(path -> all.add("-javaagent:" + path));
    all.addAll(options);
    return all;
  }
}
