package whorl.collector.export;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import whorl.collector.http.request.ProblemException;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;

/** Starts the indexing of requested timelines, and reports their state. */
public final class TimelineReadiness {
  private static final String RETRY_SECONDS = "2";

  private final TimelineIndex index;

  public TimelineReadiness(TimelineIndex index) {
    this.index = index;
  }

  /** The state of the timeline; indexing is requested if it has not begun. */
  IndexStatus status(Id evidence) {
    IndexStatus status = index.status(evidence);
    if (status.state() == IndexStatus.State.NONE) {
      index.wanted(evidence);
      status = index.status(evidence);
    }
    return status;
  }

  /**
   * @throws ProblemException 409 for the first timeline that is not ready, with {@code Retry-After}
   *     if it will be
   */
  public void require(List<Id> evidence) {
    for (Id id : evidence) {
      IndexStatus status = status(id);
      if (status.state() != IndexStatus.State.READY) {
        throw notReady(id, status);
      }
    }
  }

  /** The answer for a timeline that is not ready. */
  public static ProblemException notReady(Id evidence, IndexStatus status) {
    if (status.state() == IndexStatus.State.FAILED) {
      return new ProblemException(
          409,
          "no timeline",
          "evidence "
              + evidence
              + " could not be read into a timeline: "
              + (status.problem() == null ? "its index says why" : status.problem())
              + "; its artifacts are not affected");
    }
    String state =
        status.state() == IndexStatus.State.RUNNING
            ? String.format(Locale.ROOT, "is being indexed, %.0f %%", 100 * status.progress())
            : "waits to be indexed";
    return new ProblemException(
        409,
        "timeline not ready",
        "evidence " + evidence + " " + state,
        Map.of("Retry-After", RETRY_SECONDS));
  }
}
