package whorl.collector.alerts.triage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.triage.AlertAct;
import whorl.collector.store.triage.AlertGroup;
import whorl.collector.store.triage.AlertMute;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Writes to custody what people decide about alerts, before each change is made, so that none is
 * made that custody does not have. A change that fails after that gets another entry that says so.
 * It is not written within the transaction: who appends to custody may wait for the records, and
 * must not wait for us. Thread-safe.
 */
public final class TriageCustody {
  private static final String COLLECTOR = "collector";

  private final CustodyLog custody;

  public TriageCustody(CustodyLog custody) {
    this.custody = custody;
  }

  /** A change of the rows. */
  @FunctionalInterface
  interface Change<T> {
    /**
     * @param entries receives the entries that the change has written
     */
    T run(List<CustodyEntry> entries) throws IOException;
  }

  /**
   * Runs a change; if it fails, custody says so of the entries that it has written.
   *
   * @param isMade true if the result says that the change was made
   */
  <T> T together(Change<T> change, Predicate<T> isMade) throws IOException {
    List<CustodyEntry> entries = new ArrayList<>();
    try {
      T result = change.run(entries);
      if (!isMade.test(result)) {
        for (CustodyEntry entry : entries) {
          revoke(entry);
        }
      }
      return result;
    } catch (IOException | RuntimeException e) {
      for (CustodyEntry entry : entries) {
        try {
          revoke(entry);
        } catch (IOException alsoFailed) {
          e.addSuppressed(alsoFailed);
        }
      }
      throw e;
    }
  }

  /** Writes what was done with a group. */
  void write(AlertGroup group, List<AlertAct> acts, List<CustodyEntry> entries) throws IOException {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("group", group.id().value());
    String by = COLLECTOR;
    for (AlertAct act : acts) {
      Id alert = act.alert();
      if (alert != null) {
        detail.put("alert", alert.value());
      }
      if (act.act() == AlertAct.Kind.COMMENT) {
        byte[] text = act.text().getBytes(StandardCharsets.UTF_8);
        detail.put("commentSha256", Digest.of(text).hex());
      } else {
        detail.put(act.act().word(), act.text());
      }
      by = act.by();
    }
    entries.add(append(by, detail));
  }

  /** Writes that a rule was muted, or that its mute was ended. */
  void write(AlertMute mute, String change, String by, List<CustodyEntry> entries)
      throws IOException {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("mute", mute.id().value());
    detail.put("change", change);
    detail.put("rule", mute.rule());
    detail.put("service", mute.service());
    String namespace = mute.namespace();
    if (namespace != null) {
      detail.put("namespace", namespace);
    }
    detail.put("until", mute.until().toString());
    detail.put("reason", mute.reason());
    entries.add(append(by, detail));
  }

  private CustodyEntry append(String by, Map<String, String> detail) throws IOException {
    return custody.append(CustodyAction.ALERTS_TRIAGED, null, "token " + by, detail);
  }

  private void revoke(CustodyEntry entry) throws IOException {
    CustodyEntry unused =
        custody.append(
            CustodyAction.ALERTS_TRIAGED,
            null,
            COLLECTOR,
            Map.of("change", "failed", "entry", Long.toString(entry.sequence())));
  }
}
