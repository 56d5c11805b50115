package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.ChainCheck;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.Proofs;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.store.chain.ManifestAnnouncements;
import whorl.collector.store.chain.ManifestAnnouncements.Announced;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.ChainHead;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.Manifest;

/** Verifies evidence in a running collector's store. Thread-safe. */
public final class Verification {
  private final EvidenceStore store;
  private final CustodyLog custody;
  private final @Nullable LogPublisher publisher;
  private final @Nullable ManifestAnnouncements announcements;
  private final InstantSource clock;

  /**
   * @param announcements what agents said of their manifests on their channels
   */
  public Verification(
      EvidenceStore store,
      CustodyLog custody,
      LogPublisher publisher,
      ManifestAnnouncements announcements,
      InstantSource clock) {
    this.store = store;
    this.custody = custody;
    this.publisher = publisher;
    this.announcements = announcements;
    this.clock = clock;
  }

  /** Without the published log, and without what agents announced. */
  public Verification(EvidenceStore store, CustodyLog custody, InstantSource clock) {
    this.store = store;
    this.custody = custody;
    this.publisher = null;
    this.announcements = null;
    this.clock = clock;
  }

  /** Reads and checks all bytes of the evidence; null if there is no such evidence. */
  public @Nullable VerificationReport verify(Id evidence) throws IOException {
    byte[] recordBytes = store.recordBytes(evidence);
    if (recordBytes == null && !custody.isKept(evidence)) {
      return null;
    }
    VerificationReport.Builder report = new VerificationReport.Builder(evidence.value());
    if (recordBytes == null) {
      report.problem("custody says that it was kept, but it is not there");
      return report.build(clock.instant());
    }
    custody.doubts().forEach(doubt -> report.note("custody is in doubt: " + doubt));
    List<LogLine> lines = custody.located(evidence);
    List<CustodyEntry> history =
        history(evidence, lines.stream().map(LogLine::bytes).toList(), report);
    if (publisher != null) {
      checkProofs(publisher, lines, report);
    }
    compareWithChain(check(store, evidence, recordBytes, history, report), report);
    return report.build(clock.instant());
  }

  /** Reports lines that are not in the tree whose head was signed. */
  private void checkProofs(
      LogPublisher publisher, List<LogLine> lines, VerificationReport.Builder report)
      throws IOException {
    LogProof proof;
    try {
      proof = publisher.proof(lines);
    } catch (NoSuchFileException tile) {
      if (custody.doubts().isEmpty()) {
        throw tile;
      }
      report.note("its custody lines cannot be proved while the log is in doubt");
      return;
    }
    if (proof == null) {
      report.note("custody has no checkpoint");
      return;
    }
    SignedCheckpoint checkpoint = proof.checkpoint();
    List<LogProof.Inclusion> inclusion = proof.paths().inclusion();
    for (int i = 0; i < inclusion.size(); i++) {
      LogLine line = lines.get(i);
      if (!Proofs.isIncluded(
          line.leafHash(),
          line.index(),
          checkpoint.size(),
          inclusion.get(i).path(),
          checkpoint.root())) {
        report.problem(
            "custody line " + (line.index() + 1) + " is not in the log that its checkpoint signs");
      }
    }
  }

  /** Compares the manifest's position in its agent's chain with what the agent announced. */
  private void compareWithChain(@Nullable Manifest manifest, VerificationReport.Builder report)
      throws IOException {
    if (manifest == null || announcements == null) {
      return;
    }
    ChainHead position = manifest.chain();
    Announced announced = announcements.announced(manifest.evidence());
    if (announced == null) {
      if (position != null) {
        report.note(
            "manifest.json is message "
                + position.sequence()
                + " of its agent's chain, which did not arrive on the agent's channel");
      }
    } else if (!announced.agent().equals(manifest.agent().id())) {
      // anybody can announce what is not theirs; it says nothing about this evidence
      report.note(
          "agent "
              + announced.agent()
              + " announced this manifest, though the evidence is another agent's: not compared");
    } else if (!announced.position().equals(position)) {
      report.problem(
          "manifest.json names "
              + (position == null
                  ? "no message"
                  : "message " + position.sequence() + " (" + position.hash() + ")")
              + " of its agent's chain; agent "
              + announced.agent()
              + " announced it with message "
              + announced.position().sequence()
              + " ("
              + announced.position().hash()
              + ")");
    } else {
      report.note(
          "manifest.json is message "
              + announced.position().sequence()
              + " of its agent's chain, as the agent announced on its channel");
    }
  }

  /** Returns the manifest, if it can be parsed. */
  static @Nullable Manifest check(
      EvidenceStore store,
      Id evidence,
      byte[] recordBytes,
      List<CustodyEntry> history,
      VerificationReport.Builder report)
      throws IOException {
    EvidenceRecord record;
    try {
      record = EvidenceRecord.parse(recordBytes);
    } catch (IOException e) {
      report.problem("evidence.json can't be read");
      return null;
    }
    if (!record.id().equals(evidence)) {
      report.problem("evidence.json is of " + record.id());
    }
    return new EvidenceCheck(new StoreBundle(store, record), report)
        .ofCollector(record, recordBytes, history);
  }

  /** Parses the custody lines of one piece of evidence; problems go into the report. */
  static List<CustodyEntry> history(
      Id evidence, List<byte[]> lines, VerificationReport.Builder report) {
    ChainCheck chain = new ChainCheck(evidence);
    List<CustodyEntry> entries = new ArrayList<>();
    for (byte[] line : lines) {
      ChainCheck.Step step = chain.next(line);
      if (step.problem() != null) {
        report.problem("custody: " + step.problem());
      }
      if (step.entry() != null) {
        entries.add(step.entry());
      }
    }
    return entries;
  }
}
