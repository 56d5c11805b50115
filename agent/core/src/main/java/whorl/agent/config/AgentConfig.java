package whorl.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All settings, read once. {@link Setting} is the table of keys, defaults and meanings; {@link
 * ConfigLoader} reads them.
 *
 * @param startPatience how long at most only the hooks run while the application starts
 * @param spoolMaxBytes what evidence may take of a disk while it waits for the collector
 * @param evidenceRecipient the configured text; the encryption reports errors in it, and no
 *     evidence is taken then, because evidence without encryption would be a leak
 * @param problems one sentence for each value that could not be read and was replaced by its
 *     default
 */
public record AgentConfig(
    boolean enabled,
    Duration startPatience,
    Collector collector,
    @Nullable Path evidenceDir,
    long spoolMaxBytes,
    Service service,
    Recording recording,
    Set<String> hooksDisabled,
    Rules rules,
    Capture capture,
    Heap heap,
    Probes probes,
    @Nullable String evidenceRecipient,
    Set<String> redactKeys,
    List<String> problems) {

  /** True if there is a collector or a folder for evidence; otherwise captures would be useless. */
  public boolean hasDestination() {
    return collector.url() != null || evidenceDir != null;
  }

  /**
   * The collector and the credentials for it.
   *
   * @param url {@code http} or {@code https}; null if there is no collector
   * @param tokenFile read at each connection, so that a mounted secret may change
   * @param ca PEM certificates that are trusted instead of the platform's
   * @param clientCert PEM chain, {@code clientKey} PKCS #8 PEM, for mutual TLS
   */
  public record Collector(
      @Nullable URI url,
      @Nullable Secret token,
      @Nullable Path tokenFile,
      @Nullable Path ca,
      @Nullable Path clientCert,
      @Nullable Path clientKey) {

    /** True if there is a token or a certificate; a collector refuses an agent without both. */
    public boolean hasProof() {
      return token != null || tokenFile != null || clientCert != null;
    }
  }

  /** The identity of the service; null parts are detected from the environment. */
  public record Service(
      @Nullable String name, @Nullable String namespace, Map<String, String> labels) {}

  /** The recording, that is, the time window before an alert. */
  public record Recording(Duration maxAge, long maxSizeBytes, @Nullable Path dir) {}

  /** Rules besides the built-in pack, and disabled rules by id or title. */
  public record Rules(List<Path> path, Set<String> disabled) {}

  /**
   * When captures happen.
   *
   * @param thresholds limits of readings of this JVM, each above 0; empty if none is watched
   * @param onExitLimit how long captures may delay the end of the JVM
   */
  public record Capture(
      Duration after,
      Duration cooldown,
      int maxPerHour,
      Map<Reading, Integer> thresholds,
      OnExit onExit,
      Duration onExitLimit) {}

  /** What a threshold can be set for. */
  public enum Reading {
    /** What is in use of the heap after a collection, in percent of its maximum. */
    HEAP,
    /** Processor time of this JVM, in percent of its processors. */
    CPU,
    /** Live platform threads. */
    THREADS,
    /** Open file descriptors, in percent of the limit. */
    DESCRIPTORS,
    /** What is allocated of the heap, in MB a second, over a minute. */
    ALLOCATION;

    /** True if the limit is a percentage. */
    public boolean isPercent() {
      return this != THREADS && this != ALLOCATION;
    }

    /** The lower-case word of the setting. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the end of the JVM starts a capture. */
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

  /** Whether methods of the application may be probed. */
  public enum Probes {
    OFF,
    ON_REQUEST
  }

  /** The content of a heap snapshot that leaves the JVM. */
  public enum HeapContent {
    REDACTED,
    STRUCTURE,
    FULL
  }
}
