package whorl.collector.receive.bag;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.ImportEntry;
import whorl.collector.custody.verify.BagLayout;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.OpenBag;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.http.request.ProblemException;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.seal.ImportCommit;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Takes evidence in from a bag: verified first, then kept with its custody, as evidence of this
 * collector whose log has an entry of the import. Bags are hostile: what is too large, or is not
 * what its digests say, is refused before anything is kept. Evidence that is here is never
 * replaced. Thread-safe; the caller limits how many run at the same time.
 */
public final class BagImport {
  private static final int PROBLEMS_NAMED = 3;

  /** Evidence from later would be the newest here for ever, and the last that retention purges. */
  private static final Duration CLOCK_AHEAD_MAX = Duration.ofDays(1);

  /** No store reads records that are longer; the rest is for what is derived later. */
  private static final int RECORD_MAX_BYTES = EvidenceRecord.MAX_BYTES - (1 << 20);

  /** Likewise; {@link Json} reads two million. No collector writes as many. */
  private static final int RECORD_MAX_TOKENS = 1_500_000;

  /** Of evidence that is not sealed: its agent may add 40,000 artifacts. */
  private static final int GROWING_MAX_BYTES = 8 << 20;

  private static final int GROWING_MAX_TOKENS = 1_000_000;

  /** Manifest, envelope, derived artifacts and histories: files that no agent lists. */
  private static final int FILES_OF_COLLECTORS = 1_000;

  private final ReceiverDependencies dependencies;
  private final ReceiveLimits limits;
  private final UnderWay underWay;
  private final Expected expected;
  private final ImportCommit commit;
  private final Map<Id, VerificationReport> opened = new ConcurrentHashMap<>();

  /** Knows what an agent is sending. */
  @FunctionalInterface
  public interface UnderWay {
    /** True if artifacts of this evidence are here that are not sealed yet. */
    boolean contains(Id evidence) throws IOException;
  }

  /** Knows whose evidence captures of this collector are to bring. */
  @FunctionalInterface
  public interface Expected {
    /** The agents whose captures name this evidence; none if no capture does. */
    List<Id> agentsOf(Id evidence) throws IOException;
  }

  public BagImport(
      ReceiverDependencies dependencies,
      ReceiveLimits limits,
      UnderWay underWay,
      Expected expected,
      ReceiverCounters counters) {
    this.dependencies = dependencies;
    this.limits = limits;
    this.underWay = underWay;
    this.expected = expected;
    this.commit = new ImportCommit(dependencies, counters);
  }

  /**
   * The result of an import.
   *
   * @param isNew false if the same evidence was here already, and nothing was done
   */
  public record Result(EvidenceRecord record, boolean isNew) {}

  /**
   * Imports the evidence of a bag.
   *
   * @param bag a zip
   * @param sha256 of the zip
   * @param work an empty folder for its content, which the caller deletes
   * @throws ProblemException if the bag is refused: 400, 409, 413, 422 or 507
   */
  public Result run(Path bag, Digest sha256, Path work, Importer importer) throws IOException {
    try (OpenBag open = opened(bag)) {
      requireSize(open);
      requireSealed(open.record().sealedAt());
      VerificationReport report = new OfflineVerifier(dependencies.clock()).verify(bag);
      if (!report.verified()) {
        throw notVerified(report);
      }
      Result present = present(open);
      if (present != null) {
        return present;
      }
      return keep(StagedEvidence.of(open, work, false), sha256, importer);
    }
  }

  /**
   * Keeps evidence that a person opened, who may have compared it with keys that are not here.
   *
   * @param from the digest of what it came from
   * @param verified what came of that
   * @throws ProblemException 409 if it is here already
   */
  public Result keep(
      StagedEvidence staged, Digest from, Importer importer, VerificationReport verified)
      throws IOException {
    Result result = keep(staged, from, importer);
    opened.put(result.record().id(), verified);
    return result;
  }

  /** What came of the verification of evidence that was opened; null for all other evidence. */
  public @Nullable VerificationReport opened(Id evidence) {
    return opened.get(evidence);
  }

  private Result keep(StagedEvidence staged, Digest from, Importer importer) throws IOException {
    EvidenceRecord record = staged.record(signature(staged.from()));
    requireReadable(record);
    if (!commit.run(record, staged.files(), made -> staged.entry(importer, from, made))) {
      throw conflict("evidence " + record.id() + " was received meanwhile");
    }
    return new Result(record, true);
  }

  private static OpenBag opened(Path bag) {
    try {
      return OpenBag.open(bag);
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage()).replace(bag.toString(), "this");
      throw new ProblemException(
          400, "not a bag", message + "; send a zip as GET /api/v1/evidence/{id}/bag gives it");
    }
  }

  private void requireSize(OpenBag open) throws IOException {
    List<StoredArtifact> artifacts = open.record().artifacts();
    long unpacked = open.unpackedBytes();
    if (artifacts.size() > limits.artifactsPerEvidence() + FILES_OF_COLLECTORS) {
      throw tooLarge("it has " + artifacts.size() + " artifacts", limits.artifactsPerEvidence());
    }
    for (StoredArtifact artifact : artifacts) {
      if (artifact.size() > limits.artifactMaxBytes()) {
        throw tooLarge(
            "artifact " + artifact.name() + " has " + artifact.size() + " bytes",
            limits.artifactMaxBytes());
      }
    }
    long room = dependencies.freeBytes().getAsLong() - limits.freeReserveBytes();
    if (unpacked > room) {
      throw new ProblemException(
          507,
          "no room",
          "the bag has "
              + (unpacked >> 20)
              + " MiB unpacked, and this collector has room for "
              + Math.max(0, room >> 20)
              + " MiB");
    }
  }

  /** A record that cannot be read again keeps a collector from its start. */
  private static void requireReadable(EvidenceRecord record) throws IOException {
    byte[] json = Json.bytes(record);
    int bytes = record.mayGrow() ? GROWING_MAX_BYTES : RECORD_MAX_BYTES;
    int tokens = record.mayGrow() ? GROWING_MAX_TOKENS : RECORD_MAX_TOKENS;
    if (json.length > bytes) {
      throw tooLarge("its record has " + json.length + " bytes here", bytes);
    }
    if (!hasFewTokens(json, tokens)) {
      throw tooLarge("its record has too many values", tokens);
    }
  }

  private static boolean hasFewTokens(byte[] json, int max) throws IOException {
    try (JsonParser parser = Json.MAPPER.createParser(json)) {
      int tokens = 0;
      while (parser.nextToken() != null && tokens <= max) {
        tokens++;
      }
      return tokens <= max;
    } catch (StreamConstraintsException tooMany) {
      return false;
    }
  }

  private void requireSealed(Instant at) {
    if (at.isAfter(dependencies.clock().instant().plus(CLOCK_AHEAD_MAX))) {
      throw new ProblemException(
          422, "sealed later", "the bag says that it was sealed at " + at + ", which is to come");
    }
  }

  private static ProblemException tooLarge(String what, long max) {
    return new ProblemException(413, "too large", what + ", and " + max + " is the limit here");
  }

  private static ProblemException notVerified(VerificationReport report) {
    List<String> problems = report.problems();
    List<String> some = problems.subList(0, Math.min(PROBLEMS_NAMED, problems.size()));
    int more = problems.size() - some.size();
    return new ProblemException(
        422,
        "not verified",
        "the bag is not what its digests and signatures say, so nothing was kept: "
            + String.join("; ", some)
            + (more == 0 ? "" : "; and " + more + " more")
            + "; whorl verify names all of it");
  }

  /** The evidence that is here; null if it is not and may be kept. */
  private @Nullable Result present(OpenBag bag) throws IOException {
    Id id = bag.record().id();
    CustodyLog custody = dependencies.custody();
    if (custody.purged(id)) {
      throw conflict("evidence " + id + " was purged here on purpose, and is not taken in again");
    }
    if (underWay.contains(id)) {
      throw conflict("its agent is sending evidence " + id + " to this collector");
    }
    byte[] here = dependencies.store().recordBytes(id);
    if (here == null && !custody.isKept(id)) {
      requireNoOtherAgent(bag.record());
      requireNoOtherKey(bag.record());
      return null;
    }
    if (here == null) {
      throw conflict("evidence " + id + " is lost here: restore it from a backup");
    }
    EvidenceRecord record = EvidenceRecord.parse(here);
    if (!isSame(record, here, bag)) {
      throw conflict(
          "evidence "
              + id
              + " is here with another content or from another collector, and stays as it is");
    }
    return new Result(record, false);
  }

  /** True if this evidence is where the bag is from, or was imported from such a bag. */
  private boolean isSame(EvidenceRecord record, byte[] here, OpenBag bag) throws IOException {
    byte[] theirs = bag.tagFile(BagLayout.RECORD);
    if (theirs == null) {
      return false;
    }
    Digest theirRecord = Digest.of(theirs);
    if (Digest.of(here).equals(theirRecord)) {
      return true;
    }
    ImportEntry imported = ImportEntry.of(dependencies.custody().entries(record.id()));
    StoredArtifact earlier =
        imported == null || imported.folder() == null
            ? null
            : record.artifact(new ArtifactName(imported.folder() + "/" + BagLayout.RECORD));
    return earlier != null && earlier.sha256().equals(theirRecord);
  }

  /** Evidence under an id that another agent is to send would keep that one's out for good. */
  private void requireNoOtherAgent(EvidenceRecord record) throws IOException {
    List<Id> agents = expected.agentsOf(record.id());
    if (!agents.isEmpty() && !agents.contains(record.agent())) {
      throw conflict(
          "evidence "
              + record.id()
              + " is of a capture of agent "
              + agents.get(0)
              + " here, and the bag is of agent "
              + record.agent());
    }
  }

  /** An agent that this collector knows by another key did not sign this. */
  private void requireNoOtherKey(EvidenceRecord record) throws IOException {
    Digest enrolled = dependencies.keys().keyId(record.agent());
    if (enrolled != null && !enrolled.hex().equals(record.signature().keyId())) {
      throw conflict(
          "agent "
              + record.agent()
              + " is enrolled here with another key than the one that signed this evidence");
    }
  }

  /** The signature as it was checked, and whether its key is known here. */
  private SignatureOutcome signature(EvidenceRecord record) throws IOException {
    SignatureOutcome there = record.signature();
    Digest enrolled = dependencies.keys().keyId(record.agent());
    boolean isEnrolled = enrolled != null && enrolled.hex().equals(there.keyId());
    return there.verified()
        ? new SignatureOutcome(true, there.keyId(), isEnrolled)
        : new SignatureOutcome(false, there.keyId(), there.enrolled());
  }

  private static ProblemException conflict(String why) {
    return new ProblemException(409, "conflict", why);
  }
}
