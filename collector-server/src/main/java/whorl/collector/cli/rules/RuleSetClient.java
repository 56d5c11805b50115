package whorl.collector.cli.rules;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;

/** The requests about rule sets that are pushed to agents. */
final class RuleSetClient {
  private final CollectorClient collector;

  RuleSetClient(CollectorClient collector) {
    this.collector = collector;
  }

  CollectorClient.Listing<RuleSetRow> all() {
    return collector.list("rules", "rules", RuleSetRow.class);
  }

  CollectorClient.One<RuleSetRow> find(String name) {
    return collector.one(path(name), RuleSetRow.class);
  }

  /** The set of this name; null if there is none. */
  @Nullable RuleSetRow findOrNull(String name) {
    try {
      return find(name).row();
    } catch (CliException e) {
      if (e.exitStatus() == ExitStatus.NOTHING_MATCHED) {
        return null;
      }
      throw e;
    }
  }

  /** One of the versions that the collector keeps, with its text. */
  CollectorClient.One<RuleSetRow> find(String name, int version) {
    return collector.one(path(name) + "?version=" + version, RuleSetRow.class);
  }

  /** Pushes the next version of a set to the agents of {@code target}. */
  CollectorClient.One<RuleSetRow> push(String name, Map<String, Object> target, String yaml) {
    return collector.one(
        "PUT", path(name), Map.of("target", target, "rules", yaml), RuleSetRow.class);
  }

  void remove(String name) {
    collector.delete(path(name));
  }

  private static String path(String name) {
    return "rules/" + CollectorClient.encoded(name);
  }
}
