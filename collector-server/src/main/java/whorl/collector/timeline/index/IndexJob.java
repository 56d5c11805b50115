package whorl.collector.timeline.index;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.FirstPart;
import whorl.collector.confine.Outcome;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.UnreadableContentException;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.IndexPlan;
import whorl.collector.timeline.read.rows.PlainText;
import whorl.collector.timeline.write.IndexMain;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Makes the timeline of one piece of evidence in a separate JVM, because all its input is hostile.
 * If an artifact exceeds the limits of that JVM, only the rows of that artifact are lost: the rest
 * is read again without it.
 */
final class IndexJob {
  private static final Logger LOG = LoggerFactory.getLogger(IndexJob.class);
  static final long HEAP_BYTES = 384L << 20;
  static final long MEMORY_BYTES = 384L << 20;
  private static final long OUTPUT_MAX_BYTES = 16L << 20;
  private static final Duration LIMIT_MIN = Duration.ofMinutes(5);
  private static final long BYTES_PER_MINUTE = 32L << 20;
  private static final int ATTEMPTS_MAX = 6;

  /**
   * Below this size the C2 compiler costs more time than it saves. Without C2, 16,000 rows took 4.8
   * s of processor time instead of 7.5 s. With C2, half a million took 11 s instead of 16 s.
   */
  private static final long QUICKLY_COMPILED_MAX_BYTES = 64L << 20;

  private static final Set<Column> FROM_MANIFEST =
      EnumSet.of(Column.HOST, Column.CONTAINER, Column.POD);

  private final EvidenceStore store;
  private final CustodyLines custody;
  private final ConfinedJvm confined;
  private final TimelineFolder folder;

  IndexJob(EvidenceStore store, CustodyLines custody, ConfinedJvm confined, TimelineFolder folder) {
    this.store = store;
    this.custody = custody;
    this.confined = confined;
    this.folder = folder;
  }

  /**
   * The outcome of a run.
   *
   * @param status ready or failed, already stored in {@code index.json}; null if the job must run
   *     again
   * @param later why it must run again; null if it is done
   * @param tooLong true if it needs more time or more attempts than allowed
   * @param outdated true if the evidence was sealed meanwhile, so that it is to be indexed again
   */
  record Result(
      @Nullable IndexStatus status, @Nullable String later, boolean tooLong, boolean outdated) {
    /** The evidence no longer exists. */
    static final Result GONE = new Result(null, null, false);

    static final Result OUTDATED = new Result(null, null, false, true);

    static final Result TOO_LONG =
        new Result(null, "it takes long; other evidence goes first", true);

    Result(@Nullable IndexStatus status, @Nullable String later, boolean tooLong) {
      this(status, later, tooLong, false);
    }

    static Result done(IndexStatus status) {
      return new Result(status, null, false);
    }
  }

  /**
   * Runs the job.
   *
   * @param quick limits the job to one attempt, and says whether that may run on when its time is
   *     up; null for no such limits
   * @param progress receives values from 0 to 1
   */
  Result run(Id evidence, @Nullable FirstPart quick, DoubleConsumer progress)
      throws IOException, InterruptedException {
    EvidenceRecord record = store.record(evidence);
    if (record == null) {
      return Result.GONE;
    }
    Result result;
    try (OpenContents contents = new OpenContents(store)) {
      result = run(record, contents, quick, progress);
    }
    if (result.status() == null || !isSealedSince(record)) {
      return result;
    }
    folder.outdate(evidence);
    return Result.OUTDATED;
  }

  /**
   * True if all of the evidence has come since. That happens once; a timeline of what can grow
   * further is kept, or an agent that sends more all the time would keep it from everybody.
   */
  private boolean isSealedSince(EvidenceRecord record) throws IOException {
    EvidenceRecord now = record.mayGrow() ? store.record(record.id()) : null;
    return now != null && !now.mayGrow();
  }

  private Result run(
      EvidenceRecord record,
      OpenContents contents,
      @Nullable FirstPart quick,
      DoubleConsumer progress)
      throws IOException, InterruptedException {
    Id evidence = record.id();
    Map<String, String> unread = new LinkedHashMap<>();
    for (int attempt = 1; ; attempt++) {
      Path fresh = folder.fresh(evidence);
      IndexPlan plan = plan(record, contents, unread, attempt > 1);
      Files.write(fresh.resolve(IndexMain.PLAN), Json.bytes(plan));
      Set<String> inProgress = new LinkedHashSet<>();
      ConfinedRun confinedRun = confinedRun(record, fresh);
      Outcome outcome =
          confined.run(
              confinedRun,
              line -> onOutputLine(line, inProgress, progress),
              quick == null ? new FirstPart(confinedRun.timeLimit(), () -> false) : quick);
      if (outcome instanceof Outcome.Refused) {
        folder.remove(fresh);
        return new Result(null, "no second JVM could be started now", false);
      }
      if (outcome instanceof Outcome.Ended ended && ended.well()) {
        return Result.done(publish(record, fresh));
      }
      if (outcome.foundNoRoom()) {
        folder.remove(fresh);
        return new Result(null, outcome.complaint(HEAP_BYTES), false);
      }
      if (quick != null) {
        folder.remove(fresh);
        return Result.TOO_LONG;
      }
      String reason = outcome.complaint(HEAP_BYTES);
      LOG.warn("evidence {}: {} ({}), while {} was read", evidence, reason, outcome, inProgress);
      if (inProgress.isEmpty() || attempt == ATTEMPTS_MAX) {
        return Result.done(failed(record, fresh, reason));
      }
      if (inProgress.size() == 1) {
        inProgress.forEach(artifact -> unread.put(artifact, "it can't be read: " + reason));
      }
    }
  }

  private static ConfinedRun confinedRun(EvidenceRecord record, Path fresh) {
    ConfinedRun confinedRun =
        ConfinedRun.of(
                IndexMain.class,
                List.of(fresh.toAbsolutePath().toString()),
                HEAP_BYTES,
                limit(record))
            .outputMax(OUTPUT_MAX_BYTES)
            .inBackground();
    return record.totalBytes() < QUICKLY_COMPILED_MAX_BYTES ? confinedRun.quick() : confinedRun;
  }

  /** Stores a failed status. */
  IndexStatus giveUp(EvidenceRecord record, String reason) throws IOException {
    return failed(record, folder.fresh(record.id()), reason);
  }

  private static void onOutputLine(String line, Set<String> inProgress, DoubleConsumer progress) {
    String[] words = line.split(" ", 2);
    if (words.length != 2) {
      return;
    }
    switch (words[0]) {
      case "began" -> inProgress.add(words[1]);
      case "ended" -> inProgress.remove(words[1]);
      case "progress" -> {
        try {
          progress.accept(Math.max(0, Math.min(1, Double.parseDouble(words[1]))));
        } catch (NumberFormatException noNumber) {
          // The progress is only informative.
        }
      }
      default -> {}
    }
  }

  private IndexStatus publish(EvidenceRecord record, Path fresh) throws IOException {
    IndexStatus status =
        Json.MAPPER.readValue(fresh.resolve(StoredColumns.STATUS).toFile(), IndexStatus.class);
    Files.deleteIfExists(fresh.resolve(IndexMain.PLAN));
    Files.deleteIfExists(fresh.resolve("custody.ndjson"));
    folder.remove(fresh.resolve("spill"));
    Map<Column, String> constants = constants(record);
    constants.putAll(
        TimelineFolder.readConstants(fresh.resolve(IndexMain.CONSTANTS), FROM_MANIFEST));
    Files.deleteIfExists(fresh.resolve(IndexMain.CONSTANTS));
    TimelineFolder.writeConstants(fresh, constants);
    folder.publish(record.id(), fresh);
    return status;
  }

  private IndexStatus failed(EvidenceRecord record, Path fresh, String reason) throws IOException {
    IndexStatus status =
        new IndexStatus(
            IndexStatus.VERSION, IndexStatus.State.FAILED, 0, 0, null, reason, List.of());
    folder.remove(fresh);
    Path empty = folder.fresh(record.id());
    Files.write(empty.resolve(StoredColumns.STATUS), Json.bytes(status));
    TimelineFolder.writeConstants(empty, constants(record));
    folder.publish(record.id(), empty);
    return status;
  }

  private IndexPlan plan(
      EvidenceRecord record, OpenContents contents, Map<String, String> unread, boolean oneAtATime)
      throws IOException {
    Map<String, String> artifacts = new LinkedHashMap<>();
    Map<String, String> skipped = new LinkedHashMap<>(unread);
    for (StoredArtifact artifact : record.artifacts()) {
      String name = artifact.name().value();
      if (artifact.name().isEncrypted()) {
        String plain = name.substring(0, name.length() - ".age".length());
        // its holder may have it decrypted beside it
        if (EvidenceReader.reads(plain) && record.artifact(new ArtifactName(plain)) == null) {
          skipped.put(plain, "it is encrypted; decrypt it and read it on your own machine");
        }
      } else if (EvidenceReader.reads(name) || EvidenceReader.isLookedUp(name)) {
        String file = file(record, artifact, contents, skipped);
        if (file != null) {
          artifacts.put(name, file);
        }
      }
    }
    List<String> custodyLines =
        custody.of(record.id()).stream()
            .map(line -> new String(line, StandardCharsets.UTF_8))
            .toList();
    StoredArtifact manifest = record.artifact(ArtifactName.MANIFEST);
    return new IndexPlan(
        artifacts,
        custodyLines,
        skipped,
        manifest == null ? null : file(record, manifest, contents, skipped),
        TimeUnit.MILLISECONDS.toNanos(record.sealedAt().toEpochMilli()),
        MEMORY_BYTES,
        oneAtATime);
  }

  /** The artifact's file; null if there is none, with the reason added to {@code skipped}. */
  private @Nullable String file(
      EvidenceRecord record,
      StoredArtifact artifact,
      OpenContents contents,
      Map<String, String> skipped)
      throws IOException {
    try {
      return contents.file(artifact).toAbsolutePath().toString();
    } catch (UnreadableContentException unreadable) {
      EvidenceRecord now = store.record(record.id());
      StoredArtifact there = now == null ? null : now.artifact(artifact.name());
      if (there == null || !there.sha256().equals(artifact.sha256())) {
        throw unreadable; // more of it came, or it was purged
      }
      skipped.put(artifact.name().value(), unreadable.reason());
      return null;
    }
  }

  private static Map<Column, String> constants(EvidenceRecord record) {
    EnumMap<Column, String> constants = new EnumMap<>(Column.class);
    constants.put(Column.EVIDENCE, record.id().value());
    constants.put(Column.SERVICE, PlainText.of(record.service())); // of a bag, of any length
    constants.put(Column.AGENT, record.agent().value());
    return constants;
  }

  private static Duration limit(EvidenceRecord record) {
    return LIMIT_MIN.plusMinutes(Math.min(24 * 60, record.totalBytes() / BYTES_PER_MINUTE));
  }
}
