package whorl.collector.scopes;

import java.io.IOException;
import whorl.collector.http.request.Principal;
import whorl.collector.store.access.Scope;
import whorl.evidence.Id;

/** Decides who sees things of one kind. */
@FunctionalInterface
public interface Visibility {
  /**
   * True if this scope of the caller holds the thing; false also if there is none with this id.
   *
   * @param scope does not hold everything
   */
  boolean sees(Principal caller, Scope scope, Id id) throws IOException;
}
