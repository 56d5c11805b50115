package whorl.collector.receive.shared;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a collector works on shared uploads.
 *
 * @param scratch a local folder of this process, which is emptied at the start; each request needs
 *     up to 32 MiB and five times {@code partBytes} in it, and up to 64 times {@code partBytes} are
 *     remembered between requests
 * @param partBytes the size of the parts of large artifacts; more, if they would become too many
 * @param lease what a collector that died has locked is free after so long; agents that send a heap
 *     while it is made wait for five seconds
 * @param reporting the interval at which progress of one piece of evidence is noted and reported
 */
public record SharedSettings(Path scratch, long partBytes, Duration lease, Duration reporting) {
  private static final long PART_BYTES = 8 << 20;
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final Duration REPORTING = Duration.ofSeconds(1);

  public SharedSettings {
    if (partBytes < 1 || lease.toMillis() < 1) {
      throw new IllegalArgumentException("partBytes " + partBytes + ", lease " + lease);
    }
  }

  public static SharedSettings of(Path scratch) {
    return new SharedSettings(scratch, PART_BYTES, LEASE, REPORTING);
  }
}
