package whorl.collector.custody.log;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/** The holds that custody's entries amount to now. */
public interface HoldIndex {
  /** The holds of this evidence, oldest first. */
  List<HoldChange> of(Id evidence) throws IOException;

  /** Held evidence with an id after this one, by id; from the start if it is null. */
  List<Id> heldAfter(@Nullable String evidence, int limit) throws IOException;

  /** The holds of cases themselves. */
  List<HoldChange> cases() throws IOException;

  /** The evidence that this case holds. */
  List<Id> heldBy(Id ofCase) throws IOException;

  /** The number of pieces of held evidence. */
  long size() throws IOException;
}
