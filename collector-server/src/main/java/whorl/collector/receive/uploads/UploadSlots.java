package whorl.collector.receive.uploads;

import java.io.IOException;
import java.time.Duration;
import whorl.collector.limit.Client;
import whorl.evidence.Id;

/**
 * Limits the number of pieces of evidence that are uploaded at once, at all collectors that share
 * the uploads; one network gets at most half of the slots, one pod an eighth. Idle evidence loses
 * its slot, so that dead agents do not block the others, and goes on without one; the removal of
 * its uploads gives it back. Thread-safe.
 */
public interface UploadSlots {
  /** After so much time without a byte, evidence loses its slot. */
  Duration IDLE = Duration.ofMinutes(1);

  /**
   * Takes a slot for this evidence, or renews the one that it has; false if it must wait.
   *
   * @param client whom the limits count
   */
  boolean take(Id evidence, String client) throws IOException;

  /** The number of taken slots. */
  int taken() throws IOException;

  /** The number of slots that this client may take, of all slots. */
  static int maxOf(String client, int slots) {
    return Client.max(client, (slots + 1) / 2);
  }
}
