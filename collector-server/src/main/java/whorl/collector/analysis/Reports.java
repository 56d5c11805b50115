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
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.stix.StixBundle;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Tries;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Computes the report of each piece of evidence once when its rows are ready, stores it beside the
 * rows, and computes it again when the version of the analyses changes. The scope is queried on
 * each read. Thread-safe; one report is computed at a time.
 */
public final class Reports implements AutoCloseable {
  /** The file of a report, beside the rows. */
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
   * Returns the report of this evidence with its current scope, or null if the evidence does not
   * exist.
   *
   * @throws NotIndexedException when its rows are not ready
   */
  public @Nullable Report of(Id evidence) throws IOException {
    EvidenceRecord record = store.record(evidence);
    if (record == null) {
      return null;
    }
    KeptReport stored = storedReport(record);
    return stored.report().with(sharedIndicators.of(record, stored.indicators()));
  }

  /**
   * Returns the report as a STIX 2.1 bundle, to be written as JSON, or null if the evidence does
   * not exist.
   *
   * @throws NotIndexedException when its rows are not ready
   */
  public @Nullable Map<String, Object> stix(Id evidence) throws IOException {
    EvidenceRecord record = store.record(evidence);
    Report report = record == null ? null : of(evidence);
    return record == null || report == null ? null : StixBundle.of(record, report);
  }

  /** Computes the report of evidence whose rows are ready, unless it exists. Never fails. */
  public void indexed(Id evidence) {
    try {
      EvidenceRecord record = store.record(evidence);
      if (record != null) {
        storedReport(record);
      }
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("evidence {}: no findings yet; they are computed again when requested", evidence, e);
    }
  }

  /** Starts a thread that computes the reports that an earlier run left out. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Computes all missing reports of indexed evidence, for example after an update. */
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
      LOG.warn("findings of earlier evidence are computed when they are requested", e);
    }
  }

  /** Stops catching up. The remaining reports are computed after the next start. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join(TimeUnit.SECONDS.toMillis(10));
  }

  /** Removes this evidence's indicators. The caller removes its folder. */
  public void forget(Id evidence) throws IOException {
    sharedIndicators.forget(evidence);
  }

  private KeptReport storedReport(EvidenceRecord record) throws IOException {
    IndexStatus status = index.status(record.id());
    if (status.state() != IndexStatus.State.READY) {
      throw new NotIndexedException(record.id(), status);
    }
    KeptReport stored = read(record.id(), status);
    if (stored != null) {
      return stored;
    }
    synchronized (this) {
      // another thread may have computed it meanwhile
      stored = read(record.id(), status);
      return stored == null ? tryCompute(record, status) : stored;
    }
  }

  private KeptReport tryCompute(EvidenceRecord record, IndexStatus status) throws IOException {
    Tries tries = new Tries(disk, folder.evidence(record.id()), "findings.tries");
    if (tries.begins() > Tries.MAX) {
      throw new NotIndexedException(record.id(), failed(status));
    }
    KeptReport stored = compute(record, status);
    tries.ended();
    return stored;
  }

  private static IndexStatus failed(IndexStatus status) {
    return new IndexStatus(
        status.version(),
        IndexStatus.State.FAILED,
        1,
        status.rows(),
        status.clockOffsetMillis(),
        "its findings could not be computed: tried " + Tries.MAX + " times",
        List.of());
  }

  private KeptReport compute(EvidenceRecord record, IndexStatus status) throws IOException {
    AnalysisContext context = Analyses.context(timeline, store, record, status);
    Analyses.ReportAndIndicators result = Analyses.run(context);
    Report report = result.report();
    String pod = pod(record.id());
    sharedIndicators.fill(record, pod, result.indicators());
    KeptReport stored =
        new KeptReport(
            Analyses.VERSION,
            status.version(),
            report,
            Indicators.ofIntruder(context, report.findings()),
            pod);
    Path timelineFolder = folder.timeline(record.id());
    disk.createFolders(timelineFolder);
    disk.replace(timelineFolder, FILE, Json.bytes(stored));
    return stored;
  }

  /** Returns the stored report, or null if there is none or it is outdated. */
  private @Nullable KeptReport read(Id evidence, IndexStatus status) throws IOException {
    Path file = folder.timeline(evidence).resolve(FILE);
    try {
      if (Files.size(file) > FILE_MAX_BYTES) {
        return null;
      }
      KeptReport stored = Json.MAPPER.readValue(Files.readAllBytes(file), KeptReport.class);
      boolean current =
          stored.version() == Analyses.VERSION
              && stored.indexVersion() == status.version()
              && stored.report().evidence().equals(evidence)
              && sharedIndicators.knows(evidence);
      return current ? stored : null;
    } catch (NoSuchFileException absent) {
      return null;
    } catch (com.fasterxml.jackson.core.JacksonException incompatible) {
      LOG.info("evidence {}: its findings are computed again", evidence);
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
