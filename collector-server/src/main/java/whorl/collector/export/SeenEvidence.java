package whorl.collector.export;

import java.io.IOException;
import whorl.collector.store.access.Scope;
import whorl.evidence.Id;

/** Decides who sees evidence that a request names outside its path. */
@FunctionalInterface
public interface SeenEvidence {
  /** Everybody sees all evidence; for a collector without scopes. */
  SeenEvidence ALL = (scope, evidence) -> true;

  /** True if the scope holds the evidence; false also if there is none with this id. */
  boolean sees(Scope scope, Id evidence) throws IOException;
}
