package whorl.collector.derive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.Outcome;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.EvidenceListing;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.FileDigest;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.UnreadableContentException;
import whorl.collector.store.records.Catalog;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.CaptureState;

/**
 * Derives {@code recording.jfr} from {@code events.ndjson} for evidence of JVMs that could not
 * write a recording, so that it opens in JDK Mission Control. Runs after the seal, so that no agent
 * waits for it, and in a confined JVM, so that events that overload that JVM cost only the
 * recording.
 *
 * <p>The custody entry for the new record is written first, then the record. If this is interrupted
 * in between, the next indexing repeats it. Thread-safe.
 */
public final class Derivation {
  private static final Logger LOG = LoggerFactory.getLogger(Derivation.class);
  private static final String PROBLEM = "problem";
  private static final String ARTIFACT = "artifact";
  private static final long EVENTS_MAX_BYTES = 64 << 20;
  private static final long HEAP_BYTES = 384L << 20;
  private static final Duration TIME_LIMIT = Duration.ofMinutes(2);
  private static final long OUTPUT_MAX_BYTES = 64 << 10;
  private static final int ATTEMPTS_MAX = 3;
  private static final int REASON_MAX_CHARS = 300;

  private final EvidenceStore store;
  private final Catalog catalog;
  private final CustodyLog custody;
  private final ConfinedJvm confined;
  private final DataFolder folder;
  private final Disk disk;

  public Derivation(
      EvidenceStore store,
      Catalog catalog,
      CustodyLog custody,
      ConfinedJvm confined,
      DataFolder folder,
      Disk disk) {
    this.store = store;
    this.catalog = catalog;
    this.custody = custody;
    this.confined = confined;
    this.folder = folder;
    this.disk = disk;
  }

  /** The outcome of a derivation. */
  public enum Result {
    /** The recording was derived, or custody records why it could not be, or it was not needed. */
    DONE,
    /** Too many confined JVMs are running. */
    NO_JVM,
    /** The disk is full. */
    NO_ROOM,
    /** It took longer than the caller's limit, which is below the maximum of two minutes. */
    TOO_LONG
  }

  /**
   * Derives the recording if it is needed and possible. If it is impossible, custody records why.
   *
   * @param atMost the time limit of this call; at most two minutes are used
   */
  public Result derive(Id evidence, Duration atMost) throws IOException, InterruptedException {
    byte[] recordBytes = store.recordBytes(evidence);
    EvidenceRecord record = recordBytes == null ? null : EvidenceRecord.parse(recordBytes);
    StoredArtifact events = record == null ? null : eventsToConvert(record);
    if (recordBytes == null || record == null || events == null || failedBefore(events, record)) {
      return Result.DONE;
    }
    if (events.size() > EVENTS_MAX_BYTES) {
      recordProblem(record, events, "events.ndjson has more than " + EVENTS_MAX_BYTES + " bytes");
      return Result.DONE;
    }
    Path workFolder = folder.evidence(evidence).resolve("derived.new");
    try (EvidenceStore.Pin pinned = store.pin(List.of(events.sha256()));
        OpenContents contents = new OpenContents(store)) {
      disk.delete(workFolder);
      disk.createFolders(workFolder);
      Path recording = workFolder.resolve(ArtifactName.RECORDING.value());
      Answer answer = convert(record, contents.file(events), recording, atMost);
      if (answer.line().equals(EventsToRecording.WRITTEN)) {
        addToRecord(record, Digest.of(recordBytes), events, recording);
      } else if (answer.result() == Result.DONE && !answer.line().equals(EventsToRecording.EMPTY)) {
        recordProblem(record, events, answer.line());
      }
      return answer.result();
    } catch (UnreadableContentException unreadable) {
      // not for good: the content may be restored
      LOG.info("evidence {}: recording.jfr is not derived: {}", evidence, unreadable.getMessage());
      return Result.DONE;
    } finally {
      disk.delete(workFolder);
    }
  }

  /**
   * The answer of the confined JVM.
   *
   * @param line a line of {@link EventsToRecording}, or why there is none
   */
  private record Answer(Result result, String line) {}

  /** Returns the events to derive a recording from, or null if none is needed. */
  private static @Nullable StoredArtifact eventsToConvert(EvidenceRecord record) {
    boolean recorded =
        record.artifact(ArtifactName.RECORDING.encrypted()) != null
            || record.artifacts().stream().anyMatch(Derivation::isRecording);
    return recorded || record.state() == CaptureState.FAILED
        ? null
        : record.artifact(ArtifactName.EVENTS);
  }

  /** True also if it would be the same file on Windows or macOS, where bags are opened. */
  private static boolean isRecording(StoredArtifact artifact) {
    return artifact.name().equals(ArtifactName.RECORDING)
        || artifact.name().differsInCaseAlone(ArtifactName.RECORDING);
  }

  /** True if custody already records that these events cannot be converted. */
  private boolean failedBefore(StoredArtifact events, EvidenceRecord record) throws IOException {
    for (CustodyEntry entry : custody.entries(record.id())) {
      if (entry.action().equals(CustodyAction.DERIVED.word())
          && entry.detail().containsKey(PROBLEM)
          && events.sha256().hex().equals(entry.detail().get("fromSha256"))) {
        return true;
      }
    }
    return false;
  }

  private Answer convert(EvidenceRecord record, Path events, Path recording, Duration atMost)
      throws IOException, InterruptedException {
    boolean limited = atMost.compareTo(TIME_LIMIT) < 0;
    ConfinedRun run =
        ConfinedRun.of(
                EventsToRecording.class,
                List.of(events.toAbsolutePath().toString(), recording.toAbsolutePath().toString()),
                HEAP_BYTES,
                limited ? atMost : TIME_LIMIT)
            .outputMax(OUTPUT_MAX_BYTES)
            .quick()
            .inBackground();
    String reason = "";
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      String[] last = {""};
      Outcome outcome = confined.run(run, line -> last[0] = line);
      if (outcome instanceof Outcome.Refused refused) {
        return new Answer(Result.NO_JVM, refused.why());
      }
      reason = outcome.complaint(HEAP_BYTES);
      if (outcome.foundNoRoom()) {
        return new Answer(Result.NO_ROOM, reason);
      }
      if (outcome instanceof Outcome.TimedOut && limited) {
        return new Answer(Result.TOO_LONG, reason);
      }
      if (outcome instanceof Outcome.Ended ended && ended.well()) {
        String line = last[0];
        return new Answer(
            Result.DONE,
            line.startsWith(EventsToRecording.MALFORMED)
                ? line.substring(EventsToRecording.MALFORMED.length())
                : line);
      }
      LOG.warn("evidence {}: recording.jfr could not be derived: {}", record.id(), outcome);
      if (!outcome.mayBeTriedAgain()) {
        return new Answer(Result.DONE, reason);
      }
    }
    return new Answer(Result.DONE, reason + ", tried " + ATTEMPTS_MAX + " times");
  }

  private void addToRecord(
      EvidenceRecord record, Digest recordSha256, StoredArtifact events, Path recording)
      throws IOException {
    Digest sha256 = forceAndHash(recording);
    StoredArtifact derived =
        StoredArtifact.derived(
            ArtifactName.RECORDING, Files.size(recording), sha256, "application/x-jfr");
    List<StoredArtifact> artifacts = new ArrayList<>(record.artifacts());
    artifacts.add(derived);
    EvidenceRecord amended = record.with(artifacts);
    store.keep(Map.of(sha256, recording));
    try {
      boolean done =
          store.amend(
              amended,
              recordSha256,
              amendedSha256 -> append(record.id(), custodyDetail(derived, events, amendedSha256)));
      if (done) {
        EvidenceListing.put(catalog, custody, amended, Digest.of(Json.bytes(amended)));
      } else {
        LOG.info(
            "evidence {} changed while its recording was derived; it is derived again",
            record.id());
      }
    } finally {
      store.settled(List.of(sha256));
    }
  }

  private void recordProblem(EvidenceRecord record, StoredArtifact events, String reason)
      throws IOException {
    LOG.info("evidence {}: recording.jfr could not be derived: {}", record.id(), printable(reason));
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put(ARTIFACT, ArtifactName.RECORDING.value());
    detail.put("from", events.name().value());
    detail.put("fromSha256", events.sha256().hex());
    detail.put(PROBLEM, "recording.jfr could not be derived: " + printable(reason));
    append(record.id(), detail);
  }

  private static Map<String, String> custodyDetail(
      StoredArtifact derived, StoredArtifact source, Digest recordSha256) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put(ARTIFACT, derived.name().value());
    detail.put("sha256", derived.sha256().hex());
    detail.put("from", source.name().value());
    detail.put("fromSha256", source.sha256().hex());
    detail.put("record", recordSha256.hex());
    return detail;
  }

  private void append(Id evidence, Map<String, String> detail) throws IOException {
    custody.append(CustodyAction.DERIVED, evidence, "collector", detail);
  }

  /** Forces the file to the medium. */
  private Digest forceAndHash(Path file) throws IOException {
    try (FileChannel channel = disk.open(file)) {
      disk.force(channel);
    }
    return FileDigest.of(file);
  }

  /** Makes a text printable, because it may quote hostile input. */
  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(REASON_MAX_CHARS)
        .forEach(
            codePoint ->
                shown.appendCodePoint(codePoint >= ' ' && codePoint < 0x7f ? codePoint : '?'));
    return shown.toString();
  }
}
