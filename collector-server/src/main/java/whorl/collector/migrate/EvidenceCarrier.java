package whorl.collector.migrate;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.verify.Verification;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.store.objects.DamagedRecordException;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.records.MoveLedger.Carried;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Carries one piece of evidence after the other: its content, then its record, as they are. Then
 * all of it is read from the destination and verified as a collector verifies it. What is damaged
 * or missing at the source arrives as damaged, is verified as such there too, and is named; what
 * differs from the source is an error. Thread-safe.
 */
final class EvidenceCarrier {
  private final Direction direction;
  private final EvidenceStore from;
  private final EvidenceStore to;
  private final Verification source;
  private final Verification destination;
  private final Set<Id> due;

  /**
   * @param due evidence whose record is not in custody yet
   */
  EvidenceCarrier(Direction direction, Set<Id> due, InstantSource clock) {
    this.direction = direction;
    this.from = direction.from().store();
    this.to = direction.to().store();
    this.source = new Verification(from, direction.log(), clock);
    this.destination = new Verification(to, direction.copiedLog(), clock);
    this.due = due;
  }

  /**
   * What was carried.
   *
   * @param evidence null if the source's record is lost, so that there was nothing to carry
   * @param timeline true if the timeline came too
   */
  record Result(@Nullable Carried evidence, boolean timeline, List<String> problems) {}

  /** Carries one piece of evidence, which may be there in part already. */
  Result carry(Id evidence) throws IOException {
    byte[] json;
    try {
      json = from.recordBytes(evidence);
    } catch (DamagedRecordException lost) {
      return new Result(null, false, List.of(String.valueOf(lost.getMessage())));
    }
    if (json == null) {
      return new Result(
          null, false, List.of("evidence " + evidence + ": its record went while it was moved"));
    }
    EvidenceRecord record = parsed(json);
    List<String> problems = put(evidence, json, record, false);
    if (!problems.isEmpty()) {
      List<String> before = problems(source, evidence);
      if (!before.containsAll(problems)) {
        // content that was there from an earlier run may be what is wrong
        problems = put(evidence, json, record, true);
        requireSame(evidence, before, problems);
      }
    }
    boolean timeline = direction.copyTimeline(evidence);
    List<String> named =
        problems.stream().map(each -> "evidence " + evidence + ": " + each).toList();
    long bytes = record == null ? 0 : record.totalBytes();
    return new Result(new Carried(Digest.of(json), bytes, named), timeline, named);
  }

  private static @Nullable EvidenceRecord parsed(byte[] json) {
    try {
      return EvidenceRecord.parse(json);
    } catch (IOException damaged) {
      return null; // it is carried as it is, and its verification says so
    }
  }

  private static void requireSame(Id evidence, List<String> before, List<String> after)
      throws IOException {
    List<String> more = new ArrayList<>(after);
    more.removeAll(before);
    if (!more.isEmpty()) {
      throw new IOException(
          "evidence "
              + evidence
              + " arrived damaged: "
              + more.get(0)
              + "; check the destination's disk or bucket, and run whorl migrate again");
    }
  }

  /**
   * Stores content and record.
   *
   * @param all true to store content again that is there
   * @return what is wrong at the destination
   */
  private List<String> put(Id evidence, byte[] json, @Nullable EvidenceRecord record, boolean all)
      throws IOException {
    Set<Digest> content = new LinkedHashSet<>();
    if (record != null) {
      record.artifacts().stream().map(StoredArtifact::sha256).forEach(content::add);
    }
    List<Digest> kept = new ArrayList<>();
    try {
      for (Digest each : content) {
        if (all || !to.holds(each)) {
          keep(each, kept);
        }
      }
      to.adopt(evidence, json, content, !due.contains(evidence));
    } finally {
      to.settled(kept);
    }
    return problems(destination, evidence);
  }

  private void keep(Digest sha256, List<Digest> kept) throws IOException {
    try {
      direction.keep(sha256);
      kept.add(sha256);
    } catch (NoSuchFileException missing) {
      // the verification names it
    }
  }

  private static List<String> problems(Verification verification, Id evidence) throws IOException {
    VerificationReport report = verification.verify(evidence);
    return report == null ? List.of("it is not there") : report.problems();
  }
}
