package whorl.collector.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
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
 * Records in custody who reads evidence, before anything of it is sent: if custody cannot be
 * written, nothing is read. A download in many ranges is one export: the same export by the same
 * person is recorded again only after ten minutes. Looking at evidence without taking a file is
 * recorded once an hour. Thread-safe.
 */
public final class ExportLog {
  private static final Duration SAME_EXPORT = Duration.ofMinutes(10);
  private static final Duration SAME_READING = Duration.ofHours(1);
  private static final int RECENT_MAX = 10_000;

  private final CustodyLog custody;
  private final InstantSource clock;
  private final @Nullable ExportLedger shared;
  private final Map<Export, Instant> recent = new LinkedHashMap<>();

  /** The same reading waits for itself. */
  private final Object readings = new Object();

  // the same export waits for itself, and for no other
  private final Object[] turns = new Object[64];

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
    for (int i = 0; i < turns.length; i++) {
      turns[i] = new Object();
    }
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
  public void taken(@Nullable Principal by, Id evidence, String subject) throws IOException {
    taken(by, evidence, subject, subject);
  }

  /**
   * The same, for an export whose description has numbers.
   *
   * @param kind the same for all that differ in numbers alone: a person who chooses the numbers
   *     must not add an entry with each
   */
  void taken(@Nullable Principal by, Id evidence, String kind, String subject) throws IOException {
    appendOnce(
        CustodyAction.EXPORTED, new Export(actor(by), evidence, kind), Map.of("what", subject));
  }

  /**
   * Records that somebody looks at these pieces of evidence, each unless that was recorded within
   * the hour; all or none.
   */
  public void opened(@Nullable Principal by, Collection<Id> evidence) throws IOException {
    List<Export> wanted =
        evidence.stream()
            .map(each -> new Export(actor(by), each, "opened"))
            .filter(export -> !isRecent(export, SAME_READING))
            .toList();
    if (wanted.isEmpty()) {
      return;
    }
    synchronized (readings) {
      List<Export> missing =
          wanted.stream().filter(export -> !isRecent(export, SAME_READING)).toList();
      custody.append(() -> drafts(missing));
      missing.forEach(this::remember);
    }
  }

  private List<CustodyLog.Draft> drafts(List<Export> readings) throws IOException {
    List<CustodyLog.Draft> drafts = new ArrayList<>();
    for (Export each : readings) {
      if (shared == null || shared.begin(each.digest(), SAME_READING)) {
        drafts.add(
            new CustodyLog.Draft(CustodyAction.READ, each.evidence(), each.actor(), Map.of()));
      }
    }
    return drafts;
  }

  /** Records a verification, unless the same one was recorded recently. */
  void verified(String actor, Id evidence, VerificationReport report) throws IOException {
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
    if (isRecent(export, SAME_EXPORT)) {
      return;
    }
    List<CustodyLog.Draft> entry =
        List.of(new CustodyLog.Draft(action, export.evidence(), export.actor(), detail));
    synchronized (turns[Math.floorMod(export.hashCode(), turns.length)]) {
      if (isRecent(export, SAME_EXPORT)) {
        return;
      }
      custody.append(
          () -> shared == null || shared.begin(export.digest(), SAME_EXPORT) ? entry : List.of());
      remember(export);
    }
  }

  private boolean isRecent(Export export, Duration same) {
    synchronized (recent) {
      Instant last = recent.get(export);
      return last != null && clock.instant().isBefore(last.plus(same));
    }
  }

  private void remember(Export export) {
    synchronized (recent) {
      recent.remove(export);
      recent.put(export, clock.instant());
      if (recent.size() > RECENT_MAX) {
        recent.remove(recent.keySet().iterator().next());
      }
    }
  }

  /** The name of a caller in custody. */
  public static String actor(@Nullable Principal by) {
    return by == null ? "nobody" : "token " + by.name();
  }
}
