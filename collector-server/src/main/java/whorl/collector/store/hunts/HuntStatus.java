package whorl.collector.store.hunts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A hunt and how far it has come.
 *
 * @param endedAt null while it is running
 * @param rows that are kept
 * @param droppedRows that were not kept, because the hunt had too many
 */
public record HuntStatus(
    HuntRecord hunt, String state, @Nullable Instant endedAt, long rows, long droppedRows) {
  public static final String RUNNING = "running";
  public static final String ENDED = "ended";
  public static final String CANCELLED = "cancelled";

  public boolean isRunning() {
    return state.equals(RUNNING);
  }
}
