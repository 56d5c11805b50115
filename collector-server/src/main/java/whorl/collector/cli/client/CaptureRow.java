package whorl.collector.cli.client;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;
import whorl.evidence.channel.ArtifactKind;
import whorl.evidence.channel.CaptureState;

/**
 * A capture and its progress.
 *
 * @param reason why it was requested; {@code failure} is why it failed or is incomplete
 * @param artifacts the requested ones; empty means all but heap
 * @param sealedAt since when its evidence can be read; null before
 */
public record CaptureRow(
    Id id,
    @Nullable String agent,
    CaptureState state,
    @Nullable String reason,
    @Nullable String failure,
    @Nullable Id evidence,
    @Nullable Progress progress,
    List<String> artifacts,
    @Nullable String service,
    @Nullable Instant requestedAt,
    @Nullable Instant sealedAt) {
  public CaptureRow {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }

  /** True if the agent is gone, and the collector still waits whether it completes the evidence. */
  public boolean isAwaited() {
    return state == CaptureState.PARTIAL && sealedAt == null;
  }

  /** The bytes at the collector. */
  public long bytes() {
    return progress == null ? 0 : progress.bytes();
  }

  /** The expected total in bytes; 0 if unknown. */
  public long of() {
    if (state.ended()) {
      return bytes();
    }
    return progress == null || progress.of() == 0 ? 0 : Math.max(progress.of(), bytes());
  }

  /** The current activity. */
  public String doing() {
    // before shipping begins, only streamed artifacts arrive
    boolean streaming =
        state == CaptureState.RUNNING && bytes() > 0 && artifacts.contains(ArtifactKind.HEAP);
    return streaming ? "streaming the heap" : state.word();
  }

  /** The bytes at the collector, and the expected total; 0 if unknown. */
  public record Progress(long bytes, long of) {}
}
