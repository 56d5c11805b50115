package whorl.collector.timeline.read;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The input of the confined JVM: {@code plan.json}.
 *
 * @param artifacts files by artifact name, in the order in which they are read
 * @param custody the custody log's lines about this evidence
 * @param unread the reasons by name of artifacts that must not be read
 * @param manifest the file with {@code manifest.json}; null if there is none
 * @param sealedAtNanos by the collector's clock, since 1970
 * @param memoryBytes for DuckDB, in addition to the Java heap
 * @param oneAtATime read artifacts one after the other, to find the one that exceeds the limits
 */
public record IndexPlan(
    Map<String, String> artifacts,
    List<String> custody,
    Map<String, String> unread,
    @Nullable String manifest,
    long sealedAtNanos,
    long memoryBytes,
    boolean oneAtATime) {
  public IndexPlan {
    artifacts = artifacts == null ? Map.of() : artifacts;
    custody = custody == null ? List.of() : List.copyOf(custody);
    unread = unread == null ? Map.of() : unread;
  }

  Path file(String artifact) {
    String file = artifacts.get(artifact);
    if (file == null) {
      throw new IllegalArgumentException("not in the plan: " + artifact);
    }
    return Path.of(file);
  }
}
