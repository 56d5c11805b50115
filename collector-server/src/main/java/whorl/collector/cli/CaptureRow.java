package whorl.collector.cli;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CaptureState;
import whorl.evidence.Id;

/**
 * A capture and how far it has come.
 *
 * @param reason why it was asked for; {@code failure} why nothing, or not all, came of it
 * @param artifacts what was asked for; empty means everything but heap
 */
record CaptureRow(
    Id id,
    @Nullable String agent,
    CaptureState state,
    @Nullable String reason,
    @Nullable String failure,
    @Nullable Id evidence,
    @Nullable Progress progress,
    List<String> artifacts) {
  CaptureRow {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }

  /** Bytes at the collector. */
  long bytes() {
    return progress == null ? 0 : progress.bytes();
  }

  /** Bytes there will be; 0 where unknown. */
  long of() {
    if (state.ended()) {
      return bytes();
    }
    return progress == null || progress.of() == 0 ? 0 : Math.max(progress.of(), bytes());
  }

  /** What is being done for it now. */
  String doing() {
    // only what is sent while it is made arrives before shipping begins
    boolean streaming =
        state == CaptureState.RUNNING && bytes() > 0 && artifacts.contains(HeapText.HEAP);
    return streaming ? "streaming the heap" : state.word();
  }

  /** Bytes at the collector, and how many there will be; 0 where unknown. */
  record Progress(long bytes, long of) {}
}
