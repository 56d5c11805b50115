package whorl.collector.retention;

import java.io.IOException;
import whorl.evidence.Id;

/**
 * Removes data that was derived from purged evidence. Called after its record is deleted, on the
 * purging thread, so an implementation must be quick. An exception is logged and has no other
 * effect; an implementation that must not miss a purge also has to check at the next start.
 */
@FunctionalInterface
public interface PurgeListener {
  /**
   * @param why a sentence
   */
  void purged(Id evidence, String why) throws IOException;
}
