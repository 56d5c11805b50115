package whorl.collector.retention;

import java.io.IOException;
import whorl.evidence.Id;

/**
 * Whoever remembers something of evidence and is to forget it. Called when its record is gone, on
 * the thread that purged it; it must be quick. An exception is logged and harms nothing, so what
 * must be forgotten in any case has to be looked after at the next start too.
 */
@FunctionalInterface
public interface PurgeListener {
  /**
   * @param why in a sentence
   */
  void purged(Id evidence, String why) throws IOException;
}
