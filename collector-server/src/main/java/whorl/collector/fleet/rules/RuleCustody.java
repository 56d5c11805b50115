package whorl.collector.fleet.rules;

import java.io.IOException;
import java.util.Map;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.rules.RuleSetRecord;

/** Records rule changes in custody, because the agents' rules determine which evidence exists. */
public final class RuleCustody implements RuleChanges {
  private final CustodyLog custody;

  public RuleCustody(CustodyLog custody) {
    this.custody = custody;
  }

  @Override
  public void pushed(RuleSetRecord set, String by, String remoteAddress) throws IOException {
    custody.append(
        CustodyAction.RULES_CHANGED,
        null,
        by,
        Map.of(
            "rules",
            set.name(),
            "version",
            String.valueOf(set.version()),
            "sha256",
            set.sha256().hex(),
            "service",
            String.valueOf(set.service()),
            "namespace",
            String.valueOf(set.namespace()),
            "labels",
            set.labels().toString(),
            "from",
            remoteAddress));
  }

  @Override
  public void removed(String name, String by, String remoteAddress) throws IOException {
    custody.append(
        CustodyAction.RULES_CHANGED,
        null,
        by,
        Map.of("rules", name, "removed", "true", "from", remoteAddress));
  }
}
