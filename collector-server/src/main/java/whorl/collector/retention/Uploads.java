package whorl.collector.retention;

import java.io.IOException;
import whorl.evidence.Id;

/** Knows which evidence is still being received. */
@FunctionalInterface
public interface Uploads {
  /** True if uploads of this evidence are not sealed yet. */
  boolean underWay(Id evidence) throws IOException;
}
