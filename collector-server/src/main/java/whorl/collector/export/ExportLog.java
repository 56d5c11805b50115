package whorl.collector.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.http.request.Principal;
import whorl.collector.store.limits.ExportLedger;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Records exports in custody before the data is sent. A download in many ranges is one export: the
 * same export with the same token is recorded again only after ten minutes. Thread-safe.
 */
public final class ExportLog {
  private static final Duration SAME_EXPORT = Duration.ofMinutes(10);
  private static final int RECENT_MAX = 10_000;

  private final CustodyLog custody;
  private final InstantSource clock;
  private final @Nullable ExportLedger shared;
  private final Map<Export, Instant> recent = new LinkedHashMap<>();

  /** Exports of a collector that is alone. */
  public ExportLog(CustodyLog custody, InstantSource clock) {
    this(custody, clock, null);
  }

  /**
   * @param shared the exports at all collectors together, in the database that has custody; null if
   *     there is one collector
   */
  public ExportLog(CustodyLog custody, InstantSource clock, @Nullable ExportLedger shared) {
    this.custody = custody;
    this.clock = clock;
    this.shared = shared;
  }

  private record Export(String actor, Id evidence, String subject) {
    Digest digest() {
      String text = actor + "\n" + evidence + "\n" + subject;
      return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Records the export, unless it was recorded recently.
   *
   * @param subject an artifact's name, or another description
   */
  public synchronized void taken(@Nullable Principal by, Id evidence, String subject)
      throws IOException {
    appendOnce(
        CustodyAction.EXPORTED, new Export(actor(by), evidence, subject), Map.of("what", subject));
  }

  /** Records a verification, unless the same one was recorded recently. */
  synchronized void verified(String actor, Id evidence, VerificationReport report)
      throws IOException {
    Map<String, String> outcome =
        Map.of(
            "verified", Boolean.toString(report.verified()),
            "problems", Integer.toString(report.problems().size()));
    appendOnce(
        CustodyAction.VERIFIED,
        new Export(actor, evidence, "verified " + new TreeMap<>(outcome)),
        outcome);
  }

  private void appendOnce(CustodyAction action, Export export, Map<String, String> detail)
      throws IOException {
    Instant now = clock.instant();
    Instant last = recent.get(export);
    if (last != null && now.isBefore(last.plus(SAME_EXPORT))) {
      return;
    }
    List<CustodyLog.Draft> entry =
        List.of(new CustodyLog.Draft(action, export.evidence(), export.actor(), detail));
    custody.append(
        () ->
            shared == null || shared.begin(export.digest(), SAME_EXPORT) ? entry : List.of());
    recent.remove(export);
    recent.put(export, now);
    if (recent.size() > RECENT_MAX) {
      recent.remove(recent.keySet().iterator().next());
    }
  }

  static String actor(@Nullable Principal by) {
    return by == null ? "nobody" : "token " + by.name();
  }
}
