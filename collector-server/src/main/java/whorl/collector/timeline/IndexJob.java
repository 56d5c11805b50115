package whorl.collector.timeline;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.Confined;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.Outcome;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.StoredArtifact;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.IndexPlan;
import whorl.collector.timeline.write.IndexMain;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;

/**
 * Makes the timeline of one piece of evidence, in a JVM of its own, since all that is read is
 * hostile. An artifact that is more than that JVM can bear costs its own rows: the rest is read
 * again without it.
 */
final class IndexJob {
  private static final Logger LOG = LoggerFactory.getLogger(IndexJob.class);
  static final long HEAP_BYTES = 384L << 20;
  static final long MEMORY_BYTES = 384L << 20;
  private static final long OUTPUT_MAX_BYTES = 16L << 20;
  private static final Duration LEAST_LIMIT = Duration.ofMinutes(5);
  private static final long BYTES_A_MINUTE = 32L << 20;
  private static final int ATTEMPTS_MAX = 6;
  private static final int MANIFEST_MAX_BYTES = 32 << 20;

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
   * Does it.
   *
   * @param progress told from 0 to 1
   * @return ready or failed, which is written down too; null when there is no such evidence (any
   *     more), or no JVM was to be had
   */
  @Nullable IndexStatus run(Id evidence, DoubleConsumer progress)
      throws IOException, InterruptedException {
    EvidenceRecord record = store.record(evidence);
    if (record == null) {
      return null;
    }
    Map<String, String> unread = new LinkedHashMap<>();
    for (int attempt = 1; ; attempt++) {
      Path fresh = folder.fresh(evidence);
      Manifest manifest = manifest(record);
      IndexPlan plan = plan(record, manifest, unread, attempt > 1);
      Files.write(fresh.resolve(IndexMain.PLAN), Json.bytes(plan));
      Set<String> underWay = new LinkedHashSet<>();
      Outcome outcome =
          confined.run(
              Confined.of(
                      IndexMain.class,
                      List.of(fresh.toAbsolutePath().toString()),
                      HEAP_BYTES,
                      limit(record))
                  .outputMax(OUTPUT_MAX_BYTES),
              line -> heard(line, underWay, progress));
      if (outcome instanceof Outcome.Refused) {
        folder.remove(fresh);
        return null;
      }
      if (outcome instanceof Outcome.Ended ended && ended.well()) {
        return publish(record, manifest, fresh);
      }
      String why = told(outcome);
      LOG.warn("evidence {}: {} ({}), while {} was read", evidence, why, outcome, underWay);
      if (underWay.isEmpty() || attempt == ATTEMPTS_MAX) {
        return failed(record, manifest, fresh, why);
      }
      if (underWay.size() == 1) {
        underWay.forEach(artifact -> unread.put(artifact, "it can't be read: " + why));
      }
    }
  }

  private static void heard(String line, Set<String> underWay, DoubleConsumer progress) {
    String[] words = line.split(" ", 2);
    if (words.length != 2) {
      return;
    }
    switch (words[0]) {
      case "began" -> underWay.add(words[1]);
      case "ended" -> underWay.remove(words[1]);
      case "progress" -> {
        try {
          progress.accept(Math.max(0, Math.min(1, Double.parseDouble(words[1]))));
        } catch (NumberFormatException noNumber) {
          // What it says of its progress is of no consequence.
        }
      }
      default -> {}
    }
  }

  private IndexStatus publish(EvidenceRecord record, @Nullable Manifest manifest, Path fresh)
      throws IOException {
    IndexStatus status =
        Json.MAPPER.readValue(fresh.resolve(StoredColumns.STATUS).toFile(), IndexStatus.class);
    Files.deleteIfExists(fresh.resolve(IndexMain.PLAN));
    Files.deleteIfExists(fresh.resolve("custody.ndjson"));
    folder.remove(fresh.resolve("spill"));
    TimelineFolder.writeConstants(fresh, constants(record, manifest));
    folder.publish(record.id(), fresh);
    return status;
  }

  private IndexStatus failed(
      EvidenceRecord record, @Nullable Manifest manifest, Path fresh, String why)
      throws IOException {
    IndexStatus status =
        new IndexStatus(IndexStatus.VERSION, IndexStatus.State.FAILED, 0, 0, null, why, List.of());
    folder.remove(fresh);
    Path empty = folder.fresh(record.id());
    Files.write(empty.resolve(StoredColumns.STATUS), Json.bytes(status));
    TimelineFolder.writeConstants(empty, constants(record, manifest));
    folder.publish(record.id(), empty);
    return status;
  }

  private IndexPlan plan(
      EvidenceRecord record,
      @Nullable Manifest manifest,
      Map<String, String> unread,
      boolean oneAtATime)
      throws IOException {
    Map<String, String> artifacts = new LinkedHashMap<>();
    Map<String, String> left = new LinkedHashMap<>(unread);
    for (StoredArtifact artifact : record.artifacts()) {
      String name = artifact.name().value();
      if (artifact.name().isEncrypted()) {
        String plain = name.substring(0, name.length() - ".age".length());
        if (EvidenceReader.reads(plain)) {
          left.put(plain, "it is encrypted; decrypt it, and read it on a machine of yours");
        }
      } else if (EvidenceReader.reads(name) || name.equals("files.ndjson")) {
        artifacts.put(name, store.content(artifact.sha256()).toAbsolutePath().toString());
      }
    }
    List<String> custodyLines =
        custody.of(record.id()).stream()
            .map(line -> new String(line, StandardCharsets.UTF_8))
            .toList();
    Instant captured = manifest == null ? record.sealedAt() : manifest.startedAt();
    return new IndexPlan(
        artifacts,
        custodyLines,
        left,
        manifest == null ? null : manifest.clockOffsetMillis(),
        Math.multiplyExact(captured.toEpochMilli(), 1_000_000L),
        MEMORY_BYTES,
        oneAtATime);
  }

  private @Nullable Manifest manifest(EvidenceRecord record) throws IOException {
    StoredArtifact artifact = record.artifact(ArtifactName.MANIFEST);
    if (artifact == null || artifact.size() > MANIFEST_MAX_BYTES) {
      return null;
    }
    try {
      return Json.LENIENT.readValue(store.content(artifact.sha256()).toFile(), Manifest.class);
    } catch (JacksonException damaged) {
      return null;
    }
  }

  private static Map<Column, String> constants(EvidenceRecord record, @Nullable Manifest manifest) {
    EnumMap<Column, String> constants = new EnumMap<>(Column.class);
    constants.put(Column.EVIDENCE, record.id().value());
    constants.put(Column.SERVICE, record.service());
    constants.put(Column.AGENT, record.agent().value());
    AgentIdentity agent = manifest == null ? null : manifest.agent();
    if (agent != null) {
      put(constants, Column.HOST, agent.host());
      put(constants, Column.CONTAINER, agent.container());
      put(constants, Column.POD, agent.pod());
    }
    return constants;
  }

  private static void put(Map<Column, String> constants, Column column, @Nullable String value) {
    if (value != null) {
      constants.put(column, value);
    }
  }

  private static Duration limit(EvidenceRecord record) {
    return LEAST_LIMIT.plusMinutes(Math.min(24 * 60, record.totalBytes() / BYTES_A_MINUTE));
  }

  private static String told(Outcome outcome) {
    if (outcome instanceof Outcome.TimedOut late) {
      return "it took longer than " + late.limit().toMinutes() + " minutes";
    }
    if (outcome instanceof Outcome.Ended ended) {
      return ended.status() == Outcome.Ended.OUT_OF_MEMORY
          ? "it took more than " + (HEAP_BYTES >> 20) + " MiB of memory"
          : "the JVM that read it ended with status " + ended.status();
    }
    return "the JVM that read it said too much";
  }
}
