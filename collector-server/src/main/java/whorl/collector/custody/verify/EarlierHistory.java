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
import whorl.evidence.Missing;
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

  /** The most bytes of records and custody that the histories of one bag have together. */
  private static final int HISTORIES_MAX_BYTES = 64 << 20;

  private final Bundle evidence;
  private final Anchors anchors;
  private final VerificationReport.Builder report;
  private final Set<String> checked = new HashSet<>();
  private final List<EvidenceRecord> known = new ArrayList<>();
  private final Room room = new Room();

  /** Bounds the memory: a small bag can hold ninety-nine histories that unpack to much. */
  private static final class Room {
    private int bytes = HISTORIES_MAX_BYTES;

    byte @Nullable [] read(Bundle files, String name) throws IOException {
      byte[] content = files.read(name, Math.min(FILE_MAX_BYTES, bytes));
      bytes -= content == null ? 0 : content.length;
      return content;
    }
  }

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
    addFolders(evidence, id, ImportEntry.all(history), folders, new Room());
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
      Bundle evidence, Id id, List<ImportEntry> imports, Set<String> folders, Room room)
      throws IOException {
    for (ImportEntry imported : imports) {
      String folder = imported.folder();
      if (folder != null && folders.add(folder)) {
        Bundle files = new SubBundle(evidence, folder + "/");
        addFolders(evidence, id, imports(id, room.read(files, BagLayout.CUSTODY)), folders, room);
      }
    }
  }

  private static List<ImportEntry> imports(Id id, byte @Nullable [] custody) {
    try {
      VerificationReport.Builder reportedLater = new VerificationReport.Builder(id.value());
      return custody == null
          ? List.of()
          : ImportEntry.all(Verification.history(id, Bundle.lines(custody), reportedLater));
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
    checkImports(record, ImportEntry.all(history));
  }

  private void checkImports(EvidenceRecord record, List<ImportEntry> imports) throws IOException {
    for (ImportEntry imported : imports) {
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
        Earlier earlier = check(record, imported, folder);
        if (earlier != null) {
          checkImports(earlier.record(), earlier.imports());
        }
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
    Set<String> inKnown = new HashSet<>();
    for (EvidenceRecord earlier : known) {
      earlier.artifacts().forEach(each -> inKnown.add(each.sha256() + " " + each.name()));
    }
    List<ArtifactName> added =
        now.artifacts().stream()
            .filter(each -> !contains(each.name()))
            .filter(each -> !inKnown.contains(each.sha256() + " " + each.name()))
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

  private static String start(ImportEntry imported) {
    return "imported at " + imported.at() + " by " + imported.actor();
  }

  /** What is needed of an earlier history to check those before it. */
  private record Earlier(EvidenceRecord record, List<ImportEntry> imports) {}

  /** Checks one history; null if it cannot be read. */
  private @Nullable Earlier check(EvidenceRecord record, ImportEntry imported, String folder)
      throws IOException {
    Bundle files = new SubBundle(evidence, folder + "/");
    byte[] recordBytes = room.read(files, BagLayout.RECORD);
    byte[] custody = room.read(files, BagLayout.CUSTODY);
    if (recordBytes == null || custody == null) {
      String name = recordBytes == null ? BagLayout.RECORD : BagLayout.CUSTODY;
      report.problem(
          files.names().contains(name)
              ? name + " is not read: it has more than 32 MiB, or all histories more than 64 MiB"
              : name + " is missing");
      return null;
    }
    EvidenceRecord earlier;
    try {
      earlier = EvidenceRecord.parse(recordBytes);
    } catch (IOException e) {
      report.problem(BagLayout.RECORD + " can't be read");
      return null;
    }
    compare(earlier, record);
    List<byte[]> lines;
    try {
      lines = Bundle.lines(custody);
    } catch (IOException e) {
      report.problem(BagLayout.CUSTODY + " can't be read: " + e.getMessage());
      return null;
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
    return new Earlier(earlier, ImportEntry.all(history));
  }

  /** All that the other collector had is here, as it was there. */
  private void compare(EvidenceRecord earlier, EvidenceRecord now) {
    if (!earlier.id().equals(now.id())
        || !earlier.capture().equals(now.capture())
        || !earlier.agent().equals(now.agent())) {
      report.problem(BagLayout.RECORD + " is of other evidence, or of another capture or agent");
    }
    boolean hasGrown = earlier.mayGrow() && !isAsOrDecrypted(earlier, now);
    if (!hasGrown && !isAsOrDecrypted(earlier, now)) {
      report.problem(
          BagLayout.RECORD
              + " says something else of state, service, alert, reason or time than it says now");
    }
    Set<String> here = new HashSet<>();
    now.artifacts().forEach(each -> here.add(line(each, hasGrown)));
    for (StoredArtifact artifact : earlier.artifacts()) {
      boolean isDerivedAnew = hasGrown && artifact.derived();
      if (!isDerivedAnew && !here.contains(line(artifact, hasGrown))) {
        report.problem(
            "artifact " + artifact.name() + " is not here as the other collector had it");
      }
    }
  }

  /** Where more has come later, an artifact that the manifest does not list may have a number. */
  private static String line(StoredArtifact artifact, boolean hasGrown) {
    return artifact.sha256()
        + " "
        + artifact.size()
        + " "
        + artifact.shippedAs()
        + (hasGrown ? "" : " " + artifact.name());
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
        && lines(now.missing()).containsAll(lines(earlier.missing()))
        && (now.recipient() == null || now.recipient().equals(earlier.recipient()))
        && Objects.equals(earlier.heap(), now.heap())
        && Objects.equals(earlier.alert(), now.alert());
  }

  private static Set<String> lines(List<Missing> missing) {
    Set<String> lines = new HashSet<>();
    missing.forEach(each -> lines.add(each.artifact() + "\n" + each.reason()));
    return lines;
  }
}
