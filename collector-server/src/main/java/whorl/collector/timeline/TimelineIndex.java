package whorl.collector.timeline;

import java.util.function.Consumer;
import whorl.evidence.Id;

/** Which evidence is indexed. Safe for use by several threads. */
public interface TimelineIndex {
  /** How far it is with this evidence. */
  IndexStatus status(Id evidence);

  /** Has it indexed soon, unless it is already. */
  void wanted(Id evidence);

  /** Has it indexed anew: it is not what it was. */
  void changed(Id evidence);

  /** Told, on the indexing thread, of each piece of evidence whose rows have become ready. */
  void onReady(Consumer<Id> listener);
}
