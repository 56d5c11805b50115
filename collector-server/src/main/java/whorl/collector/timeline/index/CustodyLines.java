package whorl.collector.timeline.index;

import java.io.IOException;
import java.util.List;
import whorl.evidence.Id;

/** The entries of the custody log for one piece of evidence. */
@FunctionalInterface
public interface CustodyLines {
  /** The entries exactly as in the log, oldest first. */
  List<byte[]> of(Id evidence) throws IOException;
}
