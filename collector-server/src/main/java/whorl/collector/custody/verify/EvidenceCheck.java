package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.ManifestComparison;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.outage.Outage;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Manifest;
import whorl.evidence.Text;
import whorl.evidence.channel.CaptureState;

/**
 * Checks one piece of evidence from its bytes: the digest and size of each file, the manifest, the
 * signature, the collector's record, and its custody entries.
 */
final class EvidenceCheck {
  private static final long SMALL_MANIFEST_MAX_BYTES = 256 << 10;

  /** Parsed, a manifest takes many times its bytes: only one large one is at a time. */
  private static final Lock LARGE_MANIFEST = new ReentrantLock(true);

  private final Bundle bundle;
  private final Anchors anchors;
  private final boolean logIsKnown;
  private final VerificationReport.Builder report;
  private final Map<ArtifactName, ArtifactCheck> found = new TreeMap<>();

  EvidenceCheck(Bundle bundle, VerificationReport.Builder report) {
    this(bundle, Anchors.NONE, true, report);
  }

  /**
   * @param anchors for the history that imported evidence has from other collectors
   * @param logIsKnown false if the log that the evidence is in now is none of those that the
   *     anchors name; a log that it was in before may be
   */
  EvidenceCheck(
      Bundle bundle, Anchors anchors, boolean logIsKnown, VerificationReport.Builder report) {
    this.bundle = bundle;
    this.anchors = anchors;
    this.logIsKnown = logIsKnown;
    this.report = report;
    report.evidenceChecked();
  }

  /**
   * Checks evidence as an agent wrote it, without a record.
   *
   * @return the manifest, if it can be parsed
   */
  @Nullable Manifest ofAgent() throws IOException {
    digestAll();
    ManifestCheck check = manifest(found);
    if (check == null) {
      report.problem("manifest.json is missing");
      return null;
    }
    reportProblems(check, check.signature());
    new KeyCheck(anchors, report).agentFolder(check.signature());
    return check.manifest();
  }

  /**
   * Checks evidence as a collector keeps it.
   *
   * @return the manifest, if it can be parsed
   */
  @Nullable Manifest ofCollector(
      EvidenceRecord record, byte[] recordBytes, List<CustodyEntry> history) throws IOException {
    digestAll();
    compareWithRecord(record);
    if (size(ArtifactName.MANIFEST) + size(ArtifactName.ENVELOPE) <= SMALL_MANIFEST_MAX_BYTES) {
      return ofDigested(record, recordBytes, history);
    }
    LARGE_MANIFEST.lock();
    try {
      return ofDigested(record, recordBytes, history);
    } finally {
      LARGE_MANIFEST.unlock();
    }
  }

  private long size(ArtifactName name) {
    ArtifactCheck check = found.get(name);
    return check == null ? 0 : check.size();
  }

  private @Nullable Manifest ofDigested(
      EvidenceRecord record, byte[] recordBytes, List<CustodyEntry> history) throws IOException {
    Map<ArtifactName, ArtifactCheck> fromAgent = new TreeMap<>(found);
    for (StoredArtifact artifact : record.artifacts()) {
      if (!artifact.belongsInManifest()) {
        fromAgent.remove(artifact.name());
      }
    }
    SignatureOutcome signature = SignatureOutcome.NONE;
    Manifest manifest = null;
    if (record.state() == CaptureState.PARTIAL) {
      report.note(
          "partial: the agent was gone before it signed; its received artifacts are checked");
    } else {
      ManifestCheck check = manifest(fromAgent);
      if (check == null) {
        report.problem("manifest.json is missing");
      } else {
        reportProblems(check, record.signature());
        signature = check.signature();
        manifest = check.manifest();
        compareIdentity(record, manifest);
      }
    }
    if (record.signature().verified() && Boolean.FALSE.equals(record.signature().enrolled())) {
      report.note(
          ImportEntry.of(history) == null
              ? "the signing key was never enrolled: anyone with an agent token could have made"
                  + " this evidence"
              : "the signing key is not enrolled at the collector that imported this evidence");
    }
    requireState(record);
    if (!signature.agrees(record.signature())) {
      report.problem(
          "evidence.json says signature "
              + describe(record.signature())
              + ", found "
              + describe(signature));
    }
    CustodyComparison.compare(record, Digest.of(recordBytes), history, report);
    EarlierHistory earlier = new EarlierHistory(bundle, anchors, report);
    earlier.check(record, history);
    if (!logIsKnown) {
      earlier.requireKnown(record);
    }
    if (record.state() != CaptureState.PARTIAL) {
      noteUnlisted(record, earlier);
    }
    return manifest;
  }

  /**
   * Only what is sealed is compared with all that the agent signed. So a record must not say of
   * evidence with a valid signature that it is something else.
   */
  private void requireState(EvidenceRecord record) {
    boolean isSealed = record.state() == CaptureState.SEALED;
    if (!record.state().ended() || (!isSealed && record.signature().verified())) {
      report.problem(
          "evidence.json says "
              + record.state().word()
              + (record.signature().verified() ? " and that the signature is valid" : "")
              + ": no collector writes that");
    }
  }

  /**
   * @throws IOException if the store is away, which is no fault of the evidence
   */
  private void digestAll() throws IOException {
    for (String name : bundle.names()) {
      try {
        ArtifactName artifact = new ArtifactName(name);
        ArtifactCheck artifactCheck = bundle.digest(name);
        report.artifactChecked(artifactCheck.size());
        found.put(artifact, artifactCheck);
      } catch (IllegalArgumentException e) {
        report.problem(String.valueOf(e.getMessage()));
      } catch (NoSuchFileException e) {
        report.problem("artifact " + name + " is missing");
      } catch (IOException e) {
        unreadable(name, e);
      }
    }
  }

  private void unreadable(String name, IOException why) throws IOException {
    if (Outage.of(why) != null) {
      throw why;
    }
    report.problem("artifact " + name + " can't be read: " + why.getMessage());
  }

  private @Nullable ManifestCheck manifest(Map<ArtifactName, ArtifactCheck> artifacts)
      throws IOException {
    Map<ArtifactName, ArtifactCheck> listed = new TreeMap<>(artifacts);
    listed.remove(ArtifactName.MANIFEST);
    listed.remove(ArtifactName.ENVELOPE);
    byte[] manifest = readSmall(ArtifactName.MANIFEST);
    return manifest == null
        ? null
        : ManifestCheck.of(manifest, readSmall(ArtifactName.ENVELOPE), listed, null);
  }

  private byte @Nullable [] readSmall(ArtifactName name) throws IOException {
    if (!found.containsKey(name)) {
      return null;
    }
    try {
      return bundle.read(name.value(), ManifestCheck.MANIFEST_MAX_BYTES);
    } catch (IOException e) {
      unreadable(name.value(), e);
      return null;
    }
  }

  private void reportProblems(ManifestCheck check, SignatureOutcome expected) {
    check.lacking().values().forEach(report::problem);
    check.problems().forEach(report::problem);
    check
        .unlisted()
        .forEach(name -> report.problem("artifact " + name + " is not in the manifest"));
    if (check.manifest() != null && check.manifest().key() == null && !expected.verified()) {
      report.note("not signed: the agent's JVM has no Ed25519");
    }
  }

  private void compareWithRecord(EvidenceRecord record) {
    Set<ArtifactName> recorded = new HashSet<>();
    for (StoredArtifact artifact : record.artifacts()) {
      recorded.add(artifact.name());
      ArtifactCheck artifactCheck = found.get(artifact.name());
      if (artifactCheck == null) {
        report.problem("artifact " + artifact.name() + " of evidence.json is not there");
      } else if (!artifactCheck.sha256().equals(artifact.sha256())) {
        report.problem(
            "artifact "
                + artifact.name()
                + ": sha-256 is "
                + artifactCheck.sha256()
                + ", evidence.json says "
                + artifact.sha256());
      } else if (artifactCheck.size() != artifact.size()) {
        report.problem(
            "artifact "
                + artifact.name()
                + ": size is "
                + artifactCheck.size()
                + ", evidence.json says "
                + artifact.size());
      }
    }
    for (ArtifactName name : found.keySet()) {
      if (!recorded.contains(name)) {
        report.problem("artifact " + name + " is not in evidence.json");
      }
    }
  }

  private void compareIdentity(EvidenceRecord record, @Nullable Manifest manifest) {
    if (manifest == null) {
      return;
    }
    compareIds("evidence", record.id(), manifest.evidence());
    compareIds("capture", record.capture(), manifest.capture());
    compareIds("agent", record.agent(), manifest.agent().id());
    if (record.state() == CaptureState.SEALED) {
      ManifestComparison.differences(record, manifest).forEach(report::problem);
      String otherService = ManifestComparison.otherService(record, manifest);
      if (otherService != null) {
        report.note(otherService);
      }
    }
  }

  private void compareIds(String what, Id inRecord, Id inManifest) {
    if (!inRecord.equals(inManifest)) {
      report.problem(
          what + " is " + inRecord + " in evidence.json, " + inManifest + " in manifest.json");
    }
  }

  /**
   * @param earlier its files, which no agent lists
   */
  private void noteUnlisted(EvidenceRecord record, EarlierHistory earlier) {
    long unlisted =
        record.artifacts().stream()
            .filter(artifact -> artifact.unlisted() || artifact.incomplete())
            .filter(artifact -> !earlier.contains(artifact.name()))
            .count();
    if (unlisted > 0) {
      report.note(
          Text.counted(unlisted, "artifact")
              + (unlisted == 1 ? " is" : " are")
              + " in no signed manifest; anyone with an agent token could have sent "
              + (unlisted == 1 ? "it" : "them"));
    }
  }

  private static String describe(SignatureOutcome signature) {
    return (signature.verified() ? "verified" : "not verified")
        + (signature.keyId() == null ? "" : " with key " + signature.keyId());
  }
}
