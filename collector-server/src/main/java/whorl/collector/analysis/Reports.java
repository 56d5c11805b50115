package whorl.collector.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.AgentLedger;
import whorl.collector.store.AlertLedger;
import whorl.collector.store.DataFolder;
import whorl.collector.store.Disk;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.IndicatorLedger;
import whorl.collector.store.Tries;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.NotIndexedException;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineIndex;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * What was found in each piece of evidence: worked out once when its rows are ready, kept beside
 * them, and worked out again by a Whorl that looks for other things. What others saw is asked anew
 * each time. Safe for use by several threads; one report is worked out at a time.
 */
public final class Reports implements AutoCloseable {
  /** Beside the rows. */
  public static final String FILE = "findings.json";

  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);
  private static final long FILE_MAX_BYTES = 32 << 20;

  private final Timeline timeline;
  private final TimelineIndex index;
  private final EvidenceStore store;
  private final DataFolder folder;
  private final Disk disk;
  private final SharedIndicators sharedIndicators;
  private final Thread thread = new Thread(this::catchUpQuietly, "whorl-findings");
  private volatile boolean closed;

  public Reports(
      Timeline timeline,
      TimelineIndex index,
      EvidenceStore store,
      DataFolder folder,
      Disk disk,
      IndicatorLedger indicators,
      AlertLedger alerts,
      AgentLedger agents) {
    this.timeline = timeline;
    this.index = index;
    this.store = store;
    this.folder = folder;
    this.disk = disk;
    this.sharedIndicators = new SharedIndicators(indicators, alerts, new JvmPlaces(agents));
  }

  /**
   * The report of this evidence, with what others have seen by now; null where there is no such
   * evidence.
   *
   * @throws NotIndexedException when its rows are not ready
   */
  public @Nullable Report of(Id evidence) throws IOException {
    EvidenceRecord record = store.record(evidence);
    if (record == null) {
      return null;
    }
    KeptReport kept = kept(record);
    return kept.report().with(sharedIndicators.of(record, kept.telling()));
  }

  /**
   * The same as a STIX 2.1 bundle, to be written as JSON; null where there is no such evidence.
   *
   * @throws NotIndexedException when its rows are not ready
   */
  public @Nullable Map<String, Object> stix(Id evidence) throws IOException {
    EvidenceRecord record = store.record(evidence);
    Report report = record == null ? null : of(evidence);
    return record == null || report == null ? null : StixBundle.of(record, report);
  }

  /** Its rows are ready: works out its report, unless that is there. Never fails. */
  public void indexed(Id evidence) {
    try {
      EvidenceRecord record = store.record(evidence);
      if (record != null) {
        kept(record);
      }
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("evidence {}: no findings yet; they are tried again when asked for", evidence, e);
    }
  }

  /** Catches up with what an earlier run left, on a thread of its own. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Works out what is missing of all evidence whose rows are ready, such as after an update. */
  void catchUp() throws IOException {
    for (Id evidence : store.evidence()) {
      if (closed) {
        return;
      }
      if (index.status(evidence).state() == IndexStatus.State.READY) {
        indexed(evidence);
      }
    }
  }

  private void catchUpQuietly() {
    try {
      catchUp();
    } catch (IOException e) {
      LOG.warn("findings of earlier evidence are worked out when they are asked for", e);
    }
  }

  /** Ends catching up; what is left is done at the next start. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join(TimeUnit.SECONDS.toMillis(10));
  }

  /** As if this evidence had never been; its folder is somebody else's to remove. */
  public void forget(Id evidence) throws IOException {
    sharedIndicators.forget(evidence);
  }

  private KeptReport kept(EvidenceRecord record) throws IOException {
    IndexStatus status = index.status(record.id());
    if (status.state() != IndexStatus.State.READY) {
      throw new NotIndexedException(record.id(), status);
    }
    KeptReport kept = read(record.id(), status);
    if (kept != null) {
      return kept;
    }
    synchronized (this) {
      // somebody else may have done it meanwhile
      kept = read(record.id(), status);
      return kept == null ? attempt(record, status) : kept;
    }
  }

  private KeptReport attempt(EvidenceRecord record, IndexStatus status) throws IOException {
    Tries tries = new Tries(disk, folder.evidence(record.id()), "findings.tries");
    if (tries.begins() > Tries.MAX) {
      throw new NotIndexedException(record.id(), givenUp(status));
    }
    KeptReport kept = workOut(record, status);
    tries.ended();
    return kept;
  }

  private static IndexStatus givenUp(IndexStatus status) {
    return new IndexStatus(
        status.version(),
        IndexStatus.State.FAILED,
        1,
        status.rows(),
        status.clockOffsetMillis(),
        "its findings could not be worked out: tried " + Tries.MAX + " times",
        List.of());
  }

  private KeptReport workOut(EvidenceRecord record, IndexStatus status) throws IOException {
    AnalysisContext context = Analyses.context(timeline, store, record, status);
    Analyses.Answers answers = Analyses.answers(context);
    Report report = answers.report();
    String pod = pod(record.id());
    sharedIndicators.fill(record, pod, answers.seen());
    KeptReport kept =
        new KeptReport(
            Analyses.VERSION,
            status.version(),
            report,
            Indicators.telling(context, report.findings()),
            pod);
    Path beside = folder.timeline(record.id());
    disk.createFolders(beside);
    disk.replace(beside, FILE, Json.bytes(kept));
    return kept;
  }

  /** What is kept; null where that is nothing, or not what this Whorl would find in these rows. */
  private @Nullable KeptReport read(Id evidence, IndexStatus status) throws IOException {
    Path file = folder.timeline(evidence).resolve(FILE);
    try {
      if (Files.size(file) > FILE_MAX_BYTES) {
        return null;
      }
      KeptReport kept = Json.MAPPER.readValue(Files.readAllBytes(file), KeptReport.class);
      boolean current =
          kept.version() == Analyses.VERSION
              && kept.indexVersion() == status.version()
              && kept.report().evidence().equals(evidence)
              && sharedIndicators.knows(evidence);
      return current ? kept : null;
    } catch (NoSuchFileException absent) {
      return null;
    } catch (com.fasterxml.jackson.core.JacksonException ofAnotherWhorl) {
      LOG.info("evidence {}: its findings are worked out anew", evidence);
      return null;
    }
  }

  private @Nullable String pod(Id evidence) throws IOException {
    for (Row row : timeline.page(TimelineQuery.of(evidence).page(1, null)).rows()) {
      return row.text(Column.POD);
    }
    return null;
  }
}
