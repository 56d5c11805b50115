package whorl.collector.export;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Request;
import whorl.evidence.Id;

/** Finds the evidence of a case. */
@FunctionalInterface
public interface CaseEvidence {
  /**
   * The evidence of this case, at most {@code limit} pieces; null if there is no such case that the
   * caller sees.
   */
  @Nullable List<Id> of(Request request, Id id, int limit) throws IOException;
}
