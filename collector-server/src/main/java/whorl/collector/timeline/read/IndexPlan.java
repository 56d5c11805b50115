package whorl.collector.timeline.read;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a confined JVM shall make rows of: {@code plan.json}.
 *
 * @param artifacts by name, with the files that hold them, in the order in which they are read
 * @param custody lines of the custody log that speak of this evidence
 * @param unread artifacts that shall not be read, with the reason
 * @param manifest the file that holds {@code manifest.json}; null where there is none
 * @param sealedAtNanos by the collector's clock, since 1970
 * @param memoryBytes for the data base, beside the Java heap
 * @param oneAtATime read one artifact after the other, so that it is known which one is too much
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
