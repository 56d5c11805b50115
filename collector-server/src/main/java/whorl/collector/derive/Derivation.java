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
import whorl.collector.custody.CustodyAction;
import whorl.collector.custody.CustodyLog;
import whorl.collector.store.Catalog;
import whorl.collector.store.DataFolder;
import whorl.collector.store.Disk;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.FileDigest;
import whorl.collector.store.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.CaptureState;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Gives evidence of JVMs that had nowhere to write a recording to a {@code recording.jfr} made of
 * {@code events.ndjson}, so that it opens in JDK Mission Control like any other. Done after the
 * seal, so that no agent waits for it, and in a confined JVM, so that events which are more than
 * that can bear cost the recording alone.
 *
 * <p>Custody says first what the record will be, then the record says so. What is interrupted in
 * between is done again with the next index. Thread-safe.
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
  private static final int WHY_MAX_CHARS = 300;

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

  /** What came of it. */
  public enum Result {
    /** It was derived, or custody says why it could not be, or it was not wanted. */
    DONE,
    /** Too many second JVMs are at work. */
    NO_JVM,
    /** It took longer than it might, which is less than it ever may. */
    TOO_LONG
  }

  /**
   * Derives the recording where it is wanted and can be made; custody says why where it can't.
   *
   * @param atMost how long it may take now; no longer than two minutes are ever given
   */
  public Result derive(Id evidence, Duration atMost) throws IOException, InterruptedException {
    byte[] recordBytes = store.recordBytes(evidence);
    EvidenceRecord record = recordBytes == null ? null : EvidenceRecord.parse(recordBytes);
    StoredArtifact events = record == null ? null : wanted(record);
    if (recordBytes == null || record == null || events == null || refusedBefore(events, record)) {
      return Result.DONE;
    }
    if (events.size() > EVENTS_MAX_BYTES) {
      refuse(record, events, "events.ndjson has more than " + EVENTS_MAX_BYTES + " bytes");
      return Result.DONE;
    }
    Path bench = folder.evidence(evidence).resolve("derived.new");
    try (EvidenceStore.Pin pinned = store.pin(List.of(events.sha256()))) {
      disk.delete(bench);
      disk.createFolders(bench);
      Path recording = bench.resolve(ArtifactName.RECORDING.value());
      Said said = said(record, events, recording, atMost);
      if (said.words().equals(EventsToRecording.WRITTEN)) {
        keep(record, Digest.of(recordBytes), events, recording);
      } else if (said.result() == Result.DONE && !said.words().equals(EventsToRecording.EMPTY)) {
        refuse(record, events, said.words());
      }
      return said.result();
    } finally {
      disk.delete(bench);
    }
  }

  /**
   * What the confined JVM said.
   *
   * @param words a line of {@link EventsToRecording}, or why there is none
   */
  private record Said(Result result, String words) {}

  /** The events that a recording is to be made of; null where none is. */
  private static @Nullable StoredArtifact wanted(EvidenceRecord record) {
    boolean recorded =
        record.artifact(ArtifactName.RECORDING) != null
            || record.artifact(ArtifactName.RECORDING.encrypted()) != null;
    return recorded || record.state() == CaptureState.FAILED
        ? null
        : record.artifact(ArtifactName.EVENTS);
  }

  /** Whether custody says already that it can't be made of just these events. */
  private boolean refusedBefore(StoredArtifact events, EvidenceRecord record) throws IOException {
    for (CustodyEntry entry : custody.entries(record.id())) {
      if (entry.action().equals(CustodyAction.DERIVED.word())
          && entry.detail().containsKey(PROBLEM)
          && events.sha256().hex().equals(entry.detail().get("fromSha256"))) {
        return true;
      }
    }
    return false;
  }

  private Said said(EvidenceRecord record, StoredArtifact events, Path recording, Duration atMost)
      throws IOException, InterruptedException {
    boolean less = atMost.compareTo(TIME_LIMIT) < 0;
    ConfinedRun run =
        ConfinedRun.of(
                EventsToRecording.class,
                List.of(
                    store.content(events.sha256()).toAbsolutePath().toString(),
                    recording.toAbsolutePath().toString()),
                HEAP_BYTES,
                less ? atMost : TIME_LIMIT)
            .outputMax(OUTPUT_MAX_BYTES)
            .quick();
    String why = "";
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      String[] last = {""};
      Outcome outcome = confined.run(run, line -> last[0] = line);
      if (outcome instanceof Outcome.Refused refused) {
        return new Said(Result.NO_JVM, refused.why());
      }
      why = outcome.complaint(HEAP_BYTES);
      if (outcome instanceof Outcome.TimedOut && less) {
        return new Said(Result.TOO_LONG, why);
      }
      if (outcome instanceof Outcome.Ended ended && ended.well()) {
        String line = last[0];
        return new Said(
            Result.DONE,
            line.startsWith(EventsToRecording.MALFORMED)
                ? line.substring(EventsToRecording.MALFORMED.length())
                : line);
      }
      LOG.warn("evidence {}: recording.jfr could not be derived: {}", record.id(), outcome);
      if (!outcome.mayBeTriedAgain()) {
        return new Said(Result.DONE, why);
      }
    }
    return new Said(Result.DONE, why + ", tried " + ATTEMPTS_MAX + " times");
  }

  private void keep(
      EvidenceRecord record, Digest recordSha256, StoredArtifact events, Path recording)
      throws IOException {
    Digest sha256 = forced(recording);
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
              amendedSha256 -> append(record.id(), told(derived, events, amendedSha256)));
      if (done) {
        catalog.put(amended, Digest.of(Json.bytes(amended)));
      } else {
        LOG.info("evidence {} changed while its recording was derived: done anew", record.id());
      }
    } finally {
      store.settled(List.of(sha256));
    }
  }

  private void refuse(EvidenceRecord record, StoredArtifact events, String why) throws IOException {
    LOG.info("evidence {}: recording.jfr could not be derived: {}", record.id(), printable(why));
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put(ARTIFACT, ArtifactName.RECORDING.value());
    detail.put("from", events.name().value());
    detail.put("fromSha256", events.sha256().hex());
    detail.put(PROBLEM, "recording.jfr could not be derived: " + printable(why));
    append(record.id(), detail);
  }

  private static Map<String, String> told(
      StoredArtifact derived, StoredArtifact from, Digest recordSha256) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put(ARTIFACT, derived.name().value());
    detail.put("sha256", derived.sha256().hex());
    detail.put("from", from.name().value());
    detail.put("fromSha256", from.sha256().hex());
    detail.put("record", recordSha256.hex());
    return detail;
  }

  private void append(Id evidence, Map<String, String> detail) throws IOException {
    custody.append(CustodyAction.DERIVED, evidence, "collector", detail);
  }

  /** Puts the file on the medium. */
  private Digest forced(Path file) throws IOException {
    try (FileChannel channel = disk.open(file)) {
      disk.force(channel);
    }
    return FileDigest.of(file);
  }

  /** It quotes what was read, at least in part. */
  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(WHY_MAX_CHARS)
        .forEach(each -> shown.appendCodePoint(each >= ' ' && each < 0x7f ? each : '?'));
    return shown.toString();
  }
}
