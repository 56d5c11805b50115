package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How a heap snapshot was taken; part of the {@link Manifest}.
 *
 * @param path how it left the JVM
 * @param content what of it left
 * @param pauseMillis how long the application stood still
 * @param dumpBytes what HotSpot wrote
 * @param storedBytes of them after compression and encryption
 * @param bytesPerSecond of the dump, from the first byte until the collector had the last
 */
public record HeapFacts(
    Path path,
    Content content,
    long pauseMillis,
    long dumpBytes,
    long storedBytes,
    long bytesPerSecond) {

  /** How a snapshot left the JVM. */
  public enum Path {
    /** Through pipes to a second JVM and from there to the collector; nothing was written. */
    @JsonProperty("stream")
    STREAM,
    /** Over a file in a writable folder, deleted since. */
    @JsonProperty("file")
    FILE
  }

  /** What of a snapshot leaves the JVM. */
  public enum Content {
    /**
     * Primitive arrays are zeroed, and with them all text; sizes and references are as they were.
     */
    @JsonProperty("redacted")
    REDACTED,
    @JsonProperty("full")
    FULL
  }
}
