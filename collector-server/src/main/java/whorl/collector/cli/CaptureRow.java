package whorl.collector.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CaptureState;
import whorl.evidence.Id;

/**
 * A capture and how far it has come.
 *
 * @param reason why it was asked for; {@code failure} why nothing, or not all, came of it
 */
record CaptureRow(
    Id id,
    @Nullable String agent,
    CaptureState state,
    @Nullable String reason,
    @Nullable String failure,
    @Nullable Id evidence,
    @Nullable Progress progress) {
  CaptureRow {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
  }

  /** Bytes at the collector, and how many there will be; 0 where unknown. */
  record Progress(long bytes, long of) {}
}
