package whorl.collector.retention;

import whorl.evidence.Id;

/** What is still being received. */
@FunctionalInterface
public interface Uploads {
  /** Whether more of this evidence is on its way. */
  boolean underWay(Id evidence);
}
