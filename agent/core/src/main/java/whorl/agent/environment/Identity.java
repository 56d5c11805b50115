package whorl.agent.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Determines the identity of this JVM: from settings first, then from Kubernetes and the kernel.
 */
public final class Identity {
  private static final String UNKNOWN = "unknown";

  private Identity() {}

  /**
   * @param root {@code /}, or another root in tests
   * @param version of the agent
   */
  public static AgentIdentity of(
      AgentConfig config,
      Function<String, @Nullable String> property,
      Function<String, @Nullable String> variable,
      Path root,
      InstantSource clock,
      String version) {
    ContainerTraces.Found container = ContainerTraces.of(root);
    String service = config.service().name();
    if (service == null) {
      service = first(variable.apply("OTEL_SERVICE_NAME"), mainClass(property));
    }
    return new AgentIdentity(
        Id.next(clock),
        service == null ? UNKNOWN : service,
        first(
            config.service().namespace(),
            variable.apply("POD_NAMESPACE"),
            variable.apply("KUBERNETES_NAMESPACE"),
            text(root.resolve("var/run/secrets/kubernetes.io/serviceaccount/namespace"))),
        config.service().labels(),
        first(variable.apply("POD_NAME"), podByHostname(variable)),
        first(variable.apply("POD_UID"), container.podUid()),
        container.id(),
        first(
            variable.apply("NODE_NAME"),
            variable.apply("HOSTNAME"),
            text(root.resolve("etc/hostname"))),
        ProcessHandle.current().pid(),
        property.apply("java.vm.name") + " " + property.apply("java.vm.version"),
        version);
  }

  /** In Kubernetes a container's host name is its pod's name. */
  private static @Nullable String podByHostname(Function<String, @Nullable String> variable) {
    return variable.apply("KUBERNETES_SERVICE_HOST") == null ? null : variable.apply("HOSTNAME");
  }

  /** Returns the main class's simple name, or the jar's name without path and extension. */
  private static @Nullable String mainClass(Function<String, @Nullable String> property) {
    String command = property.apply("sun.java.command");
    if (command == null || command.isBlank()) {
      return null;
    }
    String main = command.strip().split(" ", 2)[0];
    if (main.endsWith(".jar")) {
      String file = main.substring(main.lastIndexOf('/') + 1);
      return file.substring(0, file.length() - ".jar".length());
    }
    return main.substring(Math.max(main.lastIndexOf('.'), main.lastIndexOf('/')) + 1);
  }

  private static @Nullable String text(Path file) {
    try {
      String text = Files.readString(file).strip();
      return text.isEmpty() ? null : text;
    } catch (IOException | RuntimeException unreadable) {
      return null;
    }
  }

  private static @Nullable String first(@Nullable String... texts) {
    for (String text : texts) {
      if (text != null && !text.isBlank()) {
        return text;
      }
    }
    return null;
  }
}
