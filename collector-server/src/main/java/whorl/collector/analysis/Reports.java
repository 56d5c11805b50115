package whorl.collector.analysis;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.stix.StixBundle;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.store.access.Scope;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Tries;
import whorl.collector.store.jobs.Job;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.outage.Outage;
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

/**
 * Computes the report of each piece of evidence once when its rows are ready, stores it, and
 * computes it again when the version of the analyses changes. The scope, and what is wrong with the
 * agent's messages, are queried on each read. If there are several collectors, one of them computes
 * a report for all ({@link ReportWork}). Thread-safe; one report is computed at a time.
 */
public final class Reports implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

  /** How long a request waits for a report that another thread or collector computes. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final long LOOK_EVERY_MILLIS = 200;

  private final Timeline timeline;
  private final TimelineIndex index;
  private final EvidenceStore store;
  private final DataFolder folder;
  private final Disk disk;
  private final ReportStore stored;
  private final @Nullable ReportWork work;
  private final SharedIndicators sharedIndicators;
  private final AgentMessages messages;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::catchUpQuietly, "whorl-findings");
  private volatile ComputedListener computedListener = (evidence, report) -> {};
  private volatile boolean closed;

  /** Is called with each report before it is stored, so that none is missed. */
  @FunctionalInterface
  public interface ComputedListener {
    /** May be called more than once for a report. */
    void computed(EvidenceRecord evidence, Report report) throws IOException;
  }

  /** From now on, this is called. */
  public void setListener(ComputedListener called) {
    computedListener = called;
  }

  /** Learns of each report before it is kept, so that nothing is kept that it does not know. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param gravest the gravest finding; null if there is none
     * @param alerts the alerts that the evidence holds; none of a report that an earlier version
     *     kept
     */
    void kept(EvidenceRecord evidence, @Nullable Finding gravest, List<Id> alerts)
        throws IOException;
  }

  /** For reports in the data folder. */
  public Reports(
      Timeline timeline,
      TimelineIndex index,
      EvidenceStore store,
      DataFolder folder,
      Disk disk,
      IndicatorLedger indicators,
      AlertLedger alerts,
      AgentLedger agents) {
    this(timeline, index, store, folder, disk, indicators, alerts, agents, null);
  }

  /**
   * How several collectors share reports.
   *
   * @param stored where every collector reads them
   * @param work what any of them may compute
   */
  public record Sharing(SharedReports stored, ReportWork work) {}

  /**
   * @param sharing null for reports in the data folder
   */
  public Reports(
      Timeline timeline,
      TimelineIndex index,
      EvidenceStore store,
      DataFolder folder,
      Disk disk,
      IndicatorLedger indicators,
      AlertLedger alerts,
      AgentLedger agents,
      @Nullable Sharing sharing) {
    this.stored = sharing == null ? new FolderReports(folder, disk) : sharing.stored();
    this.work = sharing == null ? null : sharing.work();
    this.timeline = timeline;
    this.index = index;
    this.store = store;
    this.folder = folder;
    this.disk = disk;
    this.sharedIndicators = new SharedIndicators(indicators, alerts, new JvmPlaces(agents));
    this.messages = new AgentMessages(agents);
  }

  /**
   * Returns the report of this evidence with its current scope, or null if the evidence does not
   * exist. The report is the same for all who read it, except for what it says about other JVMs.
   *
   * @param reader what the reader may see of other JVMs
   * @throws NotIndexedException when its rows are not ready
   */
  public @Nullable Report of(Scope reader, Id evidence) throws IOException {
    EvidenceRecord record = store.record(evidence);
    if (record == null) {
      return null;
    }
    KeptReport kept = storedReport(record);
    return messages.addTo(
        kept.report().with(sharedIndicators.of(reader, record, kept.indicators())), record.agent());
  }

  /**
   * Returns the report as a STIX 2.1 bundle, to be written as JSON, or null if the evidence does
   * not exist.
   *
   * @param reader what the reader may see of other JVMs
   * @throws NotIndexedException when its rows are not ready
   */
  public @Nullable Map<String, Object> stix(Scope reader, Id evidence) throws IOException {
    EvidenceRecord record = store.record(evidence);
    Report report = record == null ? null : of(reader, evidence);
    return record == null || report == null ? null : StixBundle.of(record, report);
  }

  /** Adds a listener; call before {@link #start}. */
  public void onKept(Listener listener) {
    listeners.add(listener);
  }

  /** Calls the listeners with a report that was kept before; false if there is none. */
  boolean notifyAgain(Id evidence) throws IOException {
    EvidenceRecord record = store.record(evidence);
    IndexStatus status = index.status(evidence);
    KeptReport kept =
        record == null || status.state() != IndexStatus.State.READY ? null : read(evidence, status);
    if (record == null || kept == null) {
      return false;
    }
    notifyListeners(record, kept.report(), List.of());
    return true;
  }

  private void notifyListeners(EvidenceRecord record, Report report, List<Id> alerts)
      throws IOException {
    Finding gravest = Summary.gravest(report.findings());
    for (Listener listener : listeners) {
      listener.kept(record, gravest, alerts);
    }
  }

  /**
   * Computes the report of evidence whose rows are ready, unless it exists; of several collectors,
   * one does so soon. Never fails.
   */
  public void indexed(Id evidence) {
    try {
      if (work != null) {
        work.addAnew(evidence);
        return;
      }
      EvidenceRecord record = store.record(evidence);
      if (record != null) {
        storedReport(record);
      }
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("evidence {}: no findings yet; they come later, or when requested", evidence, e);
    }
  }

  /**
   * Starts a thread that computes the reports that an earlier run left out, or that wait for any of
   * several collectors.
   */
  public void start() {
    if (work != null) {
      work.start(this::computeForAll);
      return;
    }
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
    if (work != null) {
      work.close();
      return;
    }
    thread.join(TimeUnit.SECONDS.toMillis(10));
  }

  /** Removes this evidence's indicators. The caller removes its folder. */
  public void forget(Id evidence) throws IOException {
    if (work != null) {
      work.forget(evidence);
    }
    sharedIndicators.forget(evidence);
  }

  private KeptReport storedReport(EvidenceRecord record) throws IOException {
    IndexStatus status = index.status(record.id());
    if (status.state() != IndexStatus.State.READY) {
      throw new NotIndexedException(record.id(), status);
    }
    KeptReport kept = read(record.id(), status);
    if (kept != null) {
      return kept;
    }
    if (work != null) {
      return await(work, record, status);
    }
    synchronized (this) {
      // another thread may have computed it meanwhile
      kept = read(record.id(), status);
      return kept == null ? tryCompute(record, status) : kept;
    }
  }

  /** Has the report computed by any of several collectors, and waits for it for some seconds. */
  private KeptReport await(ReportWork by, EvidenceRecord record, IndexStatus status)
      throws IOException {
    by.add(record.id(), true, status.rows());
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Job job = by.find(record.id());
      if (job != null && ReportWork.hasFailed(job)) {
        throw new NotIndexedException(record.id(), failed(status, String.valueOf(job.problem())));
      }
      KeptReport kept = job == null ? read(record.id(), status) : null;
      if (kept != null) {
        return kept;
      }
      if (System.nanoTime() - end >= 0) {
        throw new NotIndexedException(record.id(), IndexStatus.of(IndexStatus.State.WAITING, 0));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the findings were computed", stopped);
      }
    }
  }

  /** Computes and stores the report for all collectors, unless it exists. */
  private void computeForAll(Id evidence) throws IOException {
    EvidenceRecord record = store.record(evidence);
    String build = stored.build(evidence); // while its store is away, it seems to have no status
    IndexStatus status = index.status(evidence);
    if (record == null || build == null || status.state() != IndexStatus.State.READY) {
      return; // purged; or indexed again, and then the work is added again
    }
    if (read(evidence, status) == null) {
      KeptReport unused = compute(record, status);
      if (!store.contains(evidence)) {
        forgetPurged(evidence);
      }
    }
  }

  /** The evidence was purged while its report was computed. */
  private void forgetPurged(Id evidence) throws IOException {
    sharedIndicators.forget(evidence);
    if (stored instanceof SharedReports shared) {
      shared.remove(evidence);
    }
  }

  private KeptReport tryCompute(EvidenceRecord record, IndexStatus status) throws IOException {
    Tries tries = new Tries(disk, folder.evidence(record.id()), "findings.tries");
    if (tries.begins() > Tries.MAX) {
      throw new NotIndexedException(record.id(), failed(status, "tried " + Tries.MAX + " times"));
    }
    try {
      KeptReport kept = compute(record, status);
      tries.ended();
      return kept;
    } catch (IOException | RuntimeException e) {
      if (Outage.of(e) != null) {
        tries.ended(); // no failure of this report
      }
      throw e;
    }
  }

  private static IndexStatus failed(IndexStatus status, String why) {
    return new IndexStatus(
        status.version(),
        IndexStatus.State.FAILED,
        1,
        status.rows(),
        status.clockOffsetMillis(),
        "its findings could not be computed: " + why,
        List.of());
  }

  private KeptReport compute(EvidenceRecord record, IndexStatus status) throws IOException {
    String build = stored.build(record.id());
    if (build == null) {
      throw new NotIndexedException(record.id(), IndexStatus.NONE);
    }
    AnalysisContext context = Analyses.context(timeline, store, record, status);
    Analyses.ReportAndIndicators result = Analyses.run(context);
    Report report = result.report();
    String pod = pod(record.id());
    sharedIndicators.fill(record, pod, result.indicators());
    KeptReport kept =
        new KeptReport(
            Analyses.VERSION,
            status.version(),
            report,
            Indicators.ofIntruder(context, report.findings()),
            pod);
    if (isUnchanged(record, build) || mayGrow(record.id())) { // else another report follows
      notifyListeners(record, report, result.alerts());
      computedListener.computed(record, report);
    }
    if (isUnchanged(record, build)
        || (build.equals(stored.build(record.id())) && mayGrow(record.id()))) {
      stored.write(record.id(), build, kept);
    }
    return kept;
  }

  /**
   * If so, another report may never follow: an agent can send more before each is computed. So one
   * of the timeline that is there is kept until there is another timeline.
   */
  private boolean mayGrow(Id evidence) throws IOException {
    EvidenceRecord now = store.record(evidence);
    return now != null && now.mayGrow();
  }

  /** False if the agent came back meanwhile, and completed what the report is about. */
  private boolean isUnchanged(EvidenceRecord record, String build) throws IOException {
    return build.equals(stored.build(record.id())) && record.equals(store.record(record.id()));
  }

  /** Returns the stored report, or null if there is none or it is outdated. */
  private @Nullable KeptReport read(Id evidence, IndexStatus status) throws IOException {
    String build = stored.build(evidence);
    KeptReport kept = build == null ? null : stored.read(evidence, build);
    boolean current =
        kept != null
            && kept.version() == Analyses.VERSION
            && kept.indexVersion() == status.version()
            && kept.report().evidence().equals(evidence)
            && sharedIndicators.knows(evidence);
    return current ? kept : null;
  }

  private @Nullable String pod(Id evidence) throws IOException {
    for (Row row : timeline.page(TimelineQuery.of(evidence).page(1, null)).rows()) {
      return row.text(Column.POD);
    }
    return null;
  }
}
