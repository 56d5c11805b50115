package whorl.collector.timeline;

import java.io.IOException;
import java.util.List;
import whorl.evidence.Id;

/** What the custody log says of one piece of evidence. */
@FunctionalInterface
public interface CustodyLines {
  /** Its entries as they lie in the log, oldest first. */
  List<byte[]> of(Id evidence) throws IOException;
}
