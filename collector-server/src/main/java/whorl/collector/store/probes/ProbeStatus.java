package whorl.collector.store.probes;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A probe and how far it has come.
 *
 * @param endedAt null until it has ended
 * @param why it was ended, or has ended; null while it runs
 * @param calls that are kept
 * @param droppedCalls that were not kept, because an agent sent more than it may
 */
public record ProbeStatus(
    ProbeRecord probe,
    String state,
    @Nullable Instant endedAt,
    @Nullable String why,
    long calls,
    long droppedCalls) {
  public static final String RUNNING = "running";

  /** Ended by a person; agents still restore their classes. */
  public static final String STOPPING = "stopping";

  public static final String ENDED = "ended";
}
