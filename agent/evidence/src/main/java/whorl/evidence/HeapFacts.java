package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How a heap snapshot was taken; part of the {@link Manifest}.
 *
 * @param path how it left the JVM
 * @param content the part of it that left
 * @param pauseMillis the pause of the application
 * @param dumpBytes the bytes that HotSpot wrote
 * @param storedBytes their number after compression and encryption
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
    /** Through pipes to a second JVM and from there to the collector, without a file. */
    @JsonProperty("stream")
    STREAM,
    /** Over a file in a writable folder, which is deleted. */
    @JsonProperty("file")
    FILE
  }

  /** The part of a snapshot that leaves the JVM. */
  public enum Content {
    /** Primitive arrays are zeroed, and with them all text; sizes and references are unchanged. */
    @JsonProperty("redacted")
    REDACTED,
    /** Primitive fields are zeroed too: classes, sizes and references are left. */
    @JsonProperty("structure")
    STRUCTURE,
    @JsonProperty("full")
    FULL
  }
}
