package whorl.collector.timeline.index;

import java.util.function.Consumer;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

/** The state of the timelines. Thread-safe. */
public interface TimelineIndex {
  /** The state of this evidence's index. */
  IndexStatus status(Id evidence);

  /** Queues the evidence, unless it is indexed already. */
  void wanted(Id evidence);

  /** Queues the evidence again, because it changed. */
  void changed(Id evidence);

  /** Adds a listener that the indexing thread calls with the id of each newly indexed evidence. */
  void onReady(Consumer<Id> listener);
}
