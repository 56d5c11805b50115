package whorl.collector.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.evidence.Id;

/** The JVMs that a request is for; all given parts must match. */
public final class TargetOptions {
  @Option(names = "--service", paramLabel = "S", description = "This service.")
  private @Nullable String service;

  @Option(names = "--namespace", paramLabel = "N", description = "This namespace.")
  private @Nullable String namespace;

  @Option(names = "--pod", paramLabel = "P", description = "This pod, by name or uid.")
  private @Nullable String pod;

  @Option(
      names = "--container",
      paramLabel = "C",
      description = "This container, by its id or the first 12 digits of it.")
  private @Nullable String container;

  @Option(
      names = "--agent",
      paramLabel = "ID",
      description = "This agent.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId agent;

  @Option(names = "--label", paramLabel = "K=V", description = "This label; may be repeated.")
  private Map<String, String> labels = new LinkedHashMap<>();

  /**
   * The parts that were given, as the API takes them.
   *
   * @param collector resolves the id of the agent
   * @throws CliException if one is empty
   */
  public Map<String, Object> asJson(CollectorClient collector) {
    Map<String, Object> parts = new LinkedHashMap<>();
    Id id = agent == null ? null : Ids.of(collector, IdKind.AGENT, agent, service);
    put(parts, "agent", id == null ? null : id.value());
    put(parts, "service", service);
    put(parts, "namespace", namespace);
    put(parts, "pod", pod);
    put(parts, "container", container);
    put(parts, "labels", labels.isEmpty() ? null : labels);
    return parts;
  }

  /**
   * A target of any JVMs with these properties, as the API takes it.
   *
   * @throws CliException if none is given, or one is empty
   */
  public static Map<String, Object> of(
      @Nullable String service, @Nullable String namespace, Map<String, String> labels) {
    Map<String, Object> parts = new LinkedHashMap<>();
    put(parts, "service", service);
    put(parts, "namespace", namespace);
    put(parts, "labels", labels.isEmpty() ? null : labels);
    if (parts.isEmpty()) {
      throw CliException.usage("no JVMs are named", "give --service, --namespace or --label");
    }
    return parts;
  }

  private static void put(Map<String, Object> parts, String name, @Nullable Object value) {
    if (value instanceof String text && text.isBlank()) {
      // as of a variable of a shell that is not set: it would be for nobody
      throw CliException.usage("--" + name + " is empty", "leave it out for JVMs of any");
    }
    if (value != null) {
      parts.put(name, value);
    }
  }
}
