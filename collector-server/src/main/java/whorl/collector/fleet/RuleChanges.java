package whorl.collector.fleet;

import java.io.IOException;
import whorl.collector.store.RuleSetRecord;

/** Who remembers for good that rules were changed, by whom, and for whom. */
public interface RuleChanges {
  void pushed(RuleSetRecord set, String by, String remoteAddress) throws IOException;

  void removed(String name, String by, String remoteAddress) throws IOException;
}
