package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * Checks the history that imported evidence has from the collector that it was exported from: the
 * record there, its custody entries, and the proofs that they are in that collector's log. The
 * files are in a folder of the evidence's artifacts, with the names of {@link BagLayout}. That
 * evidence may have been imported there, too.
 */
final class EarlierHistory {
  private static final int FILE_MAX_BYTES = 32 << 20;
  private static final int KEY_MAX_BYTES = 4 << 10;

  private final Bundle evidence;
  private final Anchors anchors;
  private final VerificationReport.Builder report;
  private final Set<String> checked = new HashSet<>();
  private final List<EvidenceRecord> known = new ArrayList<>();

  /**
   * @param evidence its artifacts
   */
  EarlierHistory(Bundle evidence, Anchors anchors, VerificationReport.Builder report) {
    this.evidence = evidence;
    this.anchors = anchors;
    this.report = report;
  }

  /** True for a file of a history that custody names; known after {@link #check}. */
  boolean contains(ArtifactName name) {
    int slash = name.value().indexOf('/');
    return slash >= 0
        && checked.contains(name.value().substring(0, slash))
        && BagLayout.HISTORY.contains(name.value().substring(slash + 1));
  }

  /**
   * The keys of the logs of other collectors that custody names; {@link #check} checks these logs.
   * A folder that custody does not name is nobody's history.
   */
  static List<VerifierKey> logKeys(Bundle evidence, Id id, List<CustodyEntry> history)
      throws IOException {
    Set<String> folders = new TreeSet<>();
    addFolders(evidence, id, history, folders);
    List<VerifierKey> keys = new ArrayList<>();
    for (String folder : folders) {
      VerifierKey key = logKey(new SubBundle(evidence, folder + "/"));
      if (key != null) {
        keys.add(key);
      }
    }
    return keys;
  }

  private static void addFolders(
      Bundle evidence, Id id, List<CustodyEntry> history, Set<String> folders) throws IOException {
    for (ImportEntry imported : ImportEntry.all(history)) {
      String folder = imported.folder();
      if (folder != null && folders.add(folder)) {
        byte[] custody =
            new SubBundle(evidence, folder + "/").read(BagLayout.CUSTODY, FILE_MAX_BYTES);
        if (custody != null) {
          VerificationReport.Builder reportedLater = new VerificationReport.Builder(folder);
          addFolders(
              evidence, id, Verification.history(id, lines(custody), reportedLater), folders);
        }
      }
    }
  }

  private static List<byte[]> lines(byte[] custody) {
    try {
      return Bundle.lines(custody);
    } catch (IOException tooMany) {
      return List.of(); // the check names it
    }
  }

  private static @Nullable VerifierKey logKey(Bundle history) throws IOException {
    byte[] text = history.read(BagLayout.LOG_KEY, KEY_MAX_BYTES);
    try {
      return text == null ? null : VerifierKey.parse(new String(text, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException malformed) {
      return null; // the check of the proofs names it
    }
  }

  /**
   * Checks all earlier histories.
   *
   * @param record of the collector that has the evidence now
   * @param history likewise
   */
  void check(EvidenceRecord record, List<CustodyEntry> history) throws IOException {
    for (ImportEntry imported : ImportEntry.all(history)) {
      String folder = imported.folder();
      if (folder == null) {
        report.note(start(imported) + " from files that no collector kept before");
      } else if (checked.add(folder)) {
        report.note(
            start(imported)
                + " from a bag of another collector"
                + (imported.logKey() == null ? "" : ", whose log has the key " + imported.logKey())
                + "; SHA-256 of the bag: "
                + imported.bag());
        String before = report.enter(folder);
        check(record, imported, folder);
        report.leave(before);
      }
    }
  }

  /**
   * Reports what is in no log that is known from elsewhere, although an earlier log is known: who
   * has genuine evidence can import it into a log of their own, and add to it there. Call it after
   * {@link #check}, if the log that the evidence is in now is not known.
   */
  void requireKnown(EvidenceRecord now) {
    if (known.isEmpty()) {
      return;
    }
    List<ArtifactName> added =
        now.artifacts().stream()
            .filter(each -> !contains(each.name()))
            .filter(each -> known.stream().noneMatch(earlier -> has(earlier, each)))
            .map(StoredArtifact::name)
            .toList();
    if (!added.isEmpty()) {
      report.problem(
          Text.counted(added.size(), "artifact")
              + (added.size() == 1 ? " is" : " are")
              + " in no log that is known from elsewhere ("
              + added.get(0)
              + (added.size() == 1 ? "" : ", …")
              + "): added later, by the log that the bag is in now (--log-key of that one)");
    }
    if (known.stream().noneMatch(earlier -> isAs(earlier, now))) {
      report.problem(
          BagLayout.RECORD
              + " does not say what the log that is known from elsewhere says; the log that the bag"
              + " is in now changed it (--log-key of that one)");
    }
  }

  private static boolean has(EvidenceRecord record, StoredArtifact artifact) {
    StoredArtifact there = record.artifact(artifact.name());
    return there != null && there.sha256().equals(artifact.sha256());
  }

  private static String start(ImportEntry imported) {
    return "imported at " + imported.at() + " by " + imported.actor();
  }

  private void check(EvidenceRecord record, ImportEntry imported, String folder)
      throws IOException {
    Bundle files = new SubBundle(evidence, folder + "/");
    byte[] recordBytes = files.read(BagLayout.RECORD, FILE_MAX_BYTES);
    byte[] custody = files.read(BagLayout.CUSTODY, FILE_MAX_BYTES);
    if (recordBytes == null || custody == null) {
      report.problem((recordBytes == null ? BagLayout.RECORD : BagLayout.CUSTODY) + " is missing");
      return;
    }
    EvidenceRecord earlier;
    try {
      earlier = EvidenceRecord.parse(recordBytes);
    } catch (IOException e) {
      report.problem(BagLayout.RECORD + " can't be read");
      return;
    }
    compare(earlier, record);
    List<byte[]> lines;
    try {
      lines = Bundle.lines(custody);
    } catch (IOException e) {
      report.problem(BagLayout.CUSTODY + " can't be read: " + e.getMessage());
      return;
    }
    List<CustodyEntry> history = Verification.history(earlier.id(), lines, report);
    VerifierKey key = logKey(files);
    if (imported.logKey() != null && (key == null || !key.text().equals(imported.logKey()))) {
      report.problem(BagLayout.LOG_KEY + " is not the key that custody names");
    }
    Anchors own = key == null ? Anchors.NONE : anchors.ofLogs(List.of(key), true);
    new ProofCheck(files, own, report).check(lines, Digest.of(recordBytes));
    CustodyComparison.compare(earlier, Digest.of(recordBytes), history, report);
    if (key != null && anchors.know(key)) {
      known.add(earlier);
    }
    if (earlier.signature().verified() && Boolean.FALSE.equals(earlier.signature().enrolled())) {
      report.note(
          "the signing key was never enrolled there: anyone with an agent token could have made"
              + " this evidence");
    }
    check(earlier, history);
  }

  /** All that the other collector had is here, as it was there. */
  private void compare(EvidenceRecord earlier, EvidenceRecord now) {
    if (!earlier.id().equals(now.id())
        || !earlier.capture().equals(now.capture())
        || !earlier.agent().equals(now.agent())) {
      report.problem(BagLayout.RECORD + " is of other evidence, or of another capture or agent");
    }
    if (!isAsOrDecrypted(earlier, now) && !earlier.mayGrow()) {
      report.problem(
          BagLayout.RECORD
              + " says something else of state, service, alert, reason or time than it says now");
    }
    for (StoredArtifact artifact : earlier.artifacts()) {
      StoredArtifact kept = now.artifact(artifact.name());
      if (kept == null
          || !kept.sha256().equals(artifact.sha256())
          || kept.size() != artifact.size()
          || !Objects.equals(kept.shippedAs(), artifact.shippedAs())) {
        report.problem(
            "artifact " + artifact.name() + " is not here as the other collector had it");
      }
    }
  }

  private static boolean isAs(EvidenceRecord earlier, EvidenceRecord now) {
    return isAsOrDecrypted(earlier, now)
        && earlier.missing().equals(now.missing())
        && Objects.equals(earlier.recipient(), now.recipient());
  }

  /**
   * Where evidence is opened with its key, it has no recipient, and lacks what is not decrypted.
   */
  private static boolean isAsOrDecrypted(EvidenceRecord earlier, EvidenceRecord now) {
    return earlier.state() == now.state()
        && earlier.service().equals(now.service())
        && earlier.reason().equals(now.reason())
        && earlier.sealedAt().equals(now.sealedAt())
        && earlier.problems().equals(now.problems())
        && now.missing().containsAll(earlier.missing())
        && (now.recipient() == null || now.recipient().equals(earlier.recipient()))
        && Objects.equals(earlier.heap(), now.heap())
        && Objects.equals(earlier.alert(), now.alert());
  }
}
