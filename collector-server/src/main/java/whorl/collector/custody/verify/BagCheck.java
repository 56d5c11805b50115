package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.Manifest;

/** Checks a bag: first as a BagIt tool does, then as evidence. */
final class BagCheck {
  private static final int TAG_FILE_MAX_BYTES = 32 << 20;

  /** So many files that nothing signs are named; more must not push out other notes. */
  private static final int UNSIGNED_NAMED_MAX = 20;

  /** Without parts of nothing but dots and blanks, such as {@code ..}, and no name of a drive. */
  private static final Pattern LOCAL_NAME =
      Pattern.compile(
          "(?![A-Za-z]:)(?![. ]++(?:/|$))[^/\\\\\\p{Cntrl}]++"
              + "(?:/(?![. ]++(?:/|$))[^/\\\\\\p{Cntrl}]++)*+");

  private final Bundle bag;
  private final Anchors anchors;
  private final VerificationReport.Builder report;

  BagCheck(Bundle bag, Anchors anchors, VerificationReport.Builder report) {
    this.bag = bag;
    this.anchors = anchors;
    this.report = report;
  }

  /** True if a program that unpacks this name writes within the folder that it unpacks into. */
  static boolean isLocal(String name) {
    return LOCAL_NAME.matcher(name).matches();
  }

  void check() throws IOException {
    String declaration = text(BagLayout.DECLARATION);
    if (!BagLayout.DECLARATION_TEXT.equals(declaration)) {
      report.problem(BagLayout.DECLARATION + " does not declare a BagIt 1.0 bag in UTF-8");
    }
    checkCompleteness();
    checkTwins();
    byte[] recordBytes = bag.read(BagLayout.RECORD, TAG_FILE_MAX_BYTES);
    if (recordBytes == null) {
      report.problem(BagLayout.RECORD + " is missing");
      return;
    }
    EvidenceRecord record;
    try {
      record = EvidenceRecord.parse(recordBytes);
    } catch (IOException e) {
      report.problem(BagLayout.RECORD + " can't be read");
      return;
    }
    List<byte[]> lines = lines(BagLayout.CUSTODY);
    List<CustodyEntry> history = Verification.history(record.id(), lines, report);
    Bundle payload = new SubBundle(bag, BagLayout.PAYLOAD);
    List<VerifierKey> earlier = EarlierHistory.logKeys(payload, record.id(), history);
    Anchors own = anchors.ofLogs(earlier, false);
    report.forgetCompared();
    new ProofCheck(bag, own, report).check(lines, Digest.of(recordBytes));
    KeyCheck keys = new KeyCheck(anchors, report);
    VerifierKey log = KeyCheck.log(bag);
    boolean logIsKnown = !anchors.nameLogs() || (log != null && anchors.know(log));
    new EvidenceCheck(payload, anchors, logIsKnown, report)
        .ofCollector(record, recordBytes, history);
    checkAgentKey();
    keys.bag(record, log, earlier);
    requireCompared();
  }

  /**
   * Reports each given checkpoint that no log was compared with. The user gave it to learn that the
   * evidence is in its log; a bag may have files of a log that its custody never names.
   */
  private void requireCompared() {
    for (Anchors.KeptCheckpoint kept : anchors.checkpoints()) {
      if (!report.isCompared(kept.name())) {
        report.problem(
            kept.name() + " is of a log that, by its custody, this evidence has never been in");
      }
    }
  }

  private void checkCompleteness() throws IOException {
    Map<String, String> payload = manifest(BagLayout.MANIFEST);
    Map<String, String> tags = manifest(BagLayout.TAG_MANIFEST);
    compare(BagLayout.MANIFEST, payload);
    compare(BagLayout.TAG_MANIFEST, tags);
    List<String> unsigned = new ArrayList<>();
    for (String name : bag.names()) {
      boolean isPayload = name.startsWith(BagLayout.PAYLOAD);
      if (isPayload && !payload.containsKey(name)) {
        report.problem(name + " is not in " + BagLayout.MANIFEST);
      } else if (!isPayload && !name.equals(BagLayout.TAG_MANIFEST) && !tags.containsKey(name)) {
        // RFC 8493 allows additional tag files, such as a key to check the signature with.
        unsigned.add(name + " is not in " + BagLayout.TAG_MANIFEST + ", and was not checked");
      } else if (!isPayload && !BagLayout.TAG_FILES.contains(name)) {
        unsigned.add(name + " is not known to this version: no signature covers it");
      }
      if (!isPayload && !isLocal(name)) {
        report.problem(
            name
                + " is no name of a file of a bag: a program that unpacks it may write outside of"
                + " its folder");
      }
    }
    unsigned.stream().limit(UNSIGNED_NAMED_MAX).forEach(report::note);
    if (unsigned.size() > UNSIGNED_NAMED_MAX) {
      report.note(
          "no signature covers " + (unsigned.size() - UNSIGNED_NAMED_MAX) + " more files either");
    }
  }

  /**
   * Names that are one file on Windows or macOS: there, the one that is unpacked last replaces the
   * other, whatever was verified.
   */
  private void checkTwins() {
    Map<String, String> files = new TreeMap<>();
    for (String name : bag.names()) {
      String other = files.put(onOtherSystems(name), name);
      if (other != null) {
        report.problem(name + " and " + other + " are one file on Windows or macOS");
      }
    }
    for (Map.Entry<String, String> each : files.entrySet()) {
      String name = each.getValue();
      boolean isPayload = name.startsWith(BagLayout.PAYLOAD);
      if (!isPayload && each.getKey().startsWith(BagLayout.PAYLOAD)) {
        report.problem(name + " is in the folder data/ on Windows or macOS, and nowhere else");
      }
    }
  }

  /**
   * The name as these systems compare it: without case, compositions, marks that are not seen, dots
   * and blanks at the ends of parts, and names of streams.
   */
  private static String onOtherSystems(String name) {
    StringBuilder seen = new StringBuilder();
    Normalizer.normalize(name, Normalizer.Form.NFD)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(each -> Character.getType(each) != Character.FORMAT)
        .forEach(seen::appendCodePoint);
    StringBuilder same = new StringBuilder();
    for (String part : seen.toString().split("/", -1)) {
      int end = part.indexOf(':') < 0 ? part.length() : part.indexOf(':');
      while (end > 0 && ". ".indexOf(part.charAt(end - 1)) >= 0) {
        end--;
      }
      same.append(same.isEmpty() ? "" : "/").append(part, 0, end);
    }
    return same.toString();
  }

  private void compare(String manifestName, Map<String, String> manifest) throws IOException {
    for (Map.Entry<String, String> entry : manifest.entrySet()) {
      String name = entry.getKey();
      if (!bag.names().contains(name)) {
        report.problem(name + " is in " + manifestName + ", but is missing");
        continue;
      }
      try {
        String found = bag.digest(name).sha256().hex();
        if (!found.equals(entry.getValue())) {
          report.problem(
              name + ": sha-256 is " + found + ", " + manifestName + " says " + entry.getValue());
        }
      } catch (IOException e) {
        report.problem(name + " can't be read: " + e.getMessage());
      }
    }
  }

  private Map<String, String> manifest(String manifestName) {
    Map<String, String> digests = new TreeMap<>();
    for (byte[] line : lines(manifestName)) {
      String[] parts = new String(line, StandardCharsets.UTF_8).split(" {2}", 2);
      if (parts.length != 2 || !isSha256(parts[0]) || digests.put(parts[1], parts[0]) != null) {
        report.problem(
            manifestName + " has a line that is not '<sha-256>  <name>', or has a name twice");
      }
    }
    return digests;
  }

  private static boolean isSha256(String hex) {
    try {
      return !new Digest(hex).hex().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private List<byte[]> lines(String name) {
    try {
      byte[] content = bag.read(name, TAG_FILE_MAX_BYTES);
      if (content != null) {
        return Bundle.lines(content);
      }
      report.problem(bag.absence(name, TAG_FILE_MAX_BYTES));
    } catch (IOException e) {
      report.problem(name + " can't be read: " + e.getMessage());
    }
    return List.of();
  }

  private void checkAgentKey() throws IOException {
    byte[] json =
        bag.read(
            BagLayout.PAYLOAD + ArtifactName.MANIFEST.value(), ManifestCheck.MANIFEST_MAX_BYTES);
    String text = text(BagLayout.AGENT_KEY);
    if (json == null || text == null) {
      return;
    }
    try {
      Manifest manifest = Json.LENIENT.readValue(json, Manifest.class);
      if (manifest == null || !text.strip().equals(manifest.key())) {
        report.problem(BagLayout.AGENT_KEY + " is not the key that manifest.json names");
      }
    } catch (IOException e) {
      report.problem(BagLayout.AGENT_KEY + " can't be compared: manifest.json can't be read");
    }
  }

  private @Nullable String text(String name) throws IOException {
    try {
      byte[] content = bag.read(name, TAG_FILE_MAX_BYTES);
      return content == null ? null : new String(content, StandardCharsets.UTF_8);
    } catch (IOException e) {
      report.problem(name + " can't be read: " + e.getMessage());
      return null;
    }
  }
}
