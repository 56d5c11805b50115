package whorl.collector.fleet;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.JournalLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** The words of the rule {@code collector.journal-flooded}. */
public final class FloodAlerts {
  static final String RULE = "collector.journal-flooded";

  private FloodAlerts() {}

  /**
   * An agent wrote more into its journal than there is room for in a day.
   *
   * @param identity null where it is not connected any more
   */
  public static Alert of(Id agent, @Nullable AgentIdentity identity, InstantSource clock) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("agent", agent.value());
    if (identity != null) {
      fields.put("service", identity.service());
    }
    Duration day = JournalLedger.PROTECTED;
    return new Alert(
        Id.next(clock),
        "collector",
        clock.instant(),
        RULE,
        Level.HIGH,
        "Journal Flooded",
        "The agent wrote more into its journal than there is room for. What came in the last "
            + day.toHours()
            + " hours is kept, and what comes now is refused until some of it is older. An application"
            + " may do very much of what rules look at; or somebody with code in the process tries to"
            + " push out what tells of them.",
        List.of("attack.defense-evasion", "attack.t1562.006"),
        fields,
        null,
        List.of());
  }
}
