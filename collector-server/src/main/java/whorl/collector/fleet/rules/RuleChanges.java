package whorl.collector.fleet.rules;

import java.io.IOException;
import whorl.collector.store.rules.RuleSetRecord;

/** Keeps a permanent record of rule changes: by whom, and for which agents. */
public interface RuleChanges {
  void pushed(RuleSetRecord set, String by, String remoteAddress) throws IOException;

  void removed(String name, String by, String remoteAddress) throws IOException;
}
