package whorl.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All settings, read once. {@link Setting} is the table of keys, defaults and meanings; {@link
 * ConfigLoader} reads them.
 *
 * @param startPatience how long the agent keeps to its hooks while the application starts
 * @param evidenceRecipient as it was given; whoever encrypts says what is wrong with it, and takes
 *     no evidence then, for to do without would not be a default but a leak
 * @param problems one sentence for each value that could not be read, whose default holds instead
 */
public record AgentConfig(
    boolean enabled,
    Duration startPatience,
    Collector collector,
    @Nullable Path evidenceDir,
    Service service,
    Recording recording,
    Set<String> hooksDisabled,
    Rules rules,
    Capture capture,
    Heap heap,
    @Nullable String evidenceRecipient,
    Set<String> redactKeys,
    List<String> problems) {

  /** Whether there is a collector or a folder for evidence: without one nobody ever gets it. */
  public boolean evidenceGoesSomewhere() {
    return collector.url() != null || evidenceDir != null;
  }

  /**
   * Where evidence goes and how.
   *
   * @param url {@code http} or {@code https}; null when there is no collector
   * @param tokenFile read again at each connection, so that a mounted secret may change
   * @param ca PEM certificates that are trusted instead of the platform's
   * @param clientCert PEM chain, {@code clientKey} PKCS #8 PEM, for mutual TLS
   */
  public record Collector(
      @Nullable URI url,
      @Nullable Secret token,
      @Nullable Path tokenFile,
      @Nullable Path ca,
      @Nullable Path clientCert,
      @Nullable Path clientKey) {}

  /** Who this is; null where the environment module shall find out. */
  public record Service(
      @Nullable String name, @Nullable String namespace, Map<String, String> labels) {}

  /** The window before an alert. */
  public record Recording(Duration maxAge, long maxSizeBytes, @Nullable Path dir) {}

  /** Where rules come from beside the built-in pack, and which are off, by id or title. */
  public record Rules(List<Path> path, Set<String> disabled) {}

  /**
   * When captures happen.
   *
   * @param onExitLimit how long the end of the JVM may be delayed for them
   */
  public record Capture(
      Duration after, Duration cooldown, int maxPerHour, OnExit onExit, Duration onExitLimit) {}

  /** When the JVM's end is captured. */
  public enum OnExit {
    NEVER,
    ABNORMAL,
    ALWAYS
  }

  /** Heap snapshots. */
  public record Heap(HeapMode mode, HeapContent content, Duration pauseLimit) {}

  /** When a heap snapshot is taken. */
  public enum HeapMode {
    OFF,
    ON_REQUEST,
    ALWAYS
  }

  /** What of a heap snapshot leaves the JVM. */
  public enum HeapContent {
    REDACTED,
    FULL
  }
}
