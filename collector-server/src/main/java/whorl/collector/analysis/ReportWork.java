package whorl.collector.analysis;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.jobs.Job;
import whorl.collector.store.jobs.JobLedger;
import whorl.collector.store.outage.Outage;
import whorl.collector.thread.DaemonThreads;
import whorl.evidence.Id;

/**
 * The evidence whose report any of several collectors computes, once. This one takes what is due,
 * one piece at a time, on the thread {@code whorl-findings}; a second thread keeps what it has
 * taken. A report that fails is tried again by any collector, three times at once and then once a
 * day; meanwhile the job says why. While the object store is away, no try counts. Thread-safe.
 *
 * <p>The kind of the jobs contains the version of the analyses, so a collector of another version
 * leaves them alone.
 */
public final class ReportWork implements AutoCloseable {
  /** The kind of the jobs of this version. */
  static final String KIND = "findings-" + Analyses.VERSION;

  /** How often one report is tried before it counts as failed. */
  static final int TRIES_MAX = 3;

  private static final Logger LOG = LoggerFactory.getLogger(ReportWork.class);
  private static final String KINDS = "findings-";
  private static final Duration LENGTH = Duration.ofMinutes(1);
  private static final Duration RENEW_EVERY = Duration.ofSeconds(15);
  private static final Duration RETRY = Duration.ofSeconds(30);
  private static final Duration RETRY_FAILED = Duration.ofDays(1);
  private static final Duration OTHER_VERSIONS_REMEMBERED = Duration.ofDays(7);
  private static final long LOOK_EVERY_MILLIS = 2_000;
  private static final long JOIN_MILLIS = 10_000;

  private final JobLedger jobs;
  private final Map<Id, Job> taken = new ConcurrentHashMap<>();

  /** What is to be added when the records answer. */
  private final Set<Id> notAdded = ConcurrentHashMap.newKeySet();

  private final Semaphore added = new Semaphore(0);
  private final ScheduledExecutorService renewing;
  private @Nullable Thread thread;

  /** Computes one report. */
  @FunctionalInterface
  interface Computation {
    /** Computes and stores the report of this evidence, unless it exists. */
    void run(Id evidence) throws IOException;
  }

  public ReportWork(JobLedger jobs) {
    this.jobs = jobs;
    this.renewing =
        Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-findings-jobs"));
  }

  /** Adds evidence, unless it waits already. */
  void add(Id evidence, boolean urgent, long rows) throws IOException {
    if (find(evidence) == null) {
      jobs.add(KIND, evidence, urgent, rows);
      added.release();
    }
  }

  /**
   * Adds evidence with new rows; if its report is being computed, that is done once more.
   *
   * @throws IOException if the records do not answer; the thread adds it when they do
   */
  void addAnew(Id evidence) throws IOException {
    notAdded.add(evidence);
    addRest();
    added.release();
  }

  private void addRest() throws IOException {
    for (Id each : notAdded) {
      // removed first: what has new rows again meanwhile is added once more
      if (notAdded.remove(each)) {
        try {
          jobs.add(KIND, each, false, 0);
        } catch (IOException | RuntimeException e) {
          notAdded.add(each);
          throw e;
        }
      }
    }
  }

  /** The work on this evidence; null if there is none to do. */
  @Nullable Job find(Id evidence) throws IOException {
    return jobs.find(KIND, evidence).orElse(null);
  }

  /** True if the work has failed too often for this collector to wait for it. */
  static boolean hasFailed(Job job) {
    return job.attempts() >= TRIES_MAX && job.holder() == null && job.problem() != null;
  }

  /** The number of reports that wait or are being computed, at all collectors together. */
  public int waiting() throws IOException {
    return jobs.count(KIND);
  }

  /** Starts the threads. Call once. */
  void start(Computation computation) {
    ScheduledFuture<?> unused =
        renewing.scheduleWithFixedDelay(
            this::renew, RENEW_EVERY.toMillis(), RENEW_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    Thread started = new Thread(() -> run(computation), "whorl-findings");
    started.setDaemon(true);
    started.start();
    thread = started;
  }

  private void run(Computation computation) {
    try {
      forgetOtherVersions();
      while (!Thread.currentThread().isInterrupted()) {
        if (!step(computation)) {
          boolean ignored = added.tryAcquire(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException stopped) {
      LOG.debug("no more reports are computed");
    }
  }

  /** Computes the next report; false if none is due, or the records or the store do not answer. */
  boolean step(Computation computation) {
    try {
      addRest();
      Job job = jobs.take(KIND, LENGTH).orElse(null);
      if (job == null) {
        return false;
      }
      taken.put(job.evidence(), job);
      try {
        return run(computation, job);
      } finally {
        taken.remove(job.evidence());
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("reports cannot be computed now; trying again: {}", e.toString());
      return false;
    }
  }

  /** False if the store does not answer, so that other reports would fail too. */
  private boolean run(Computation computation, Job job) throws IOException {
    if (job.attempts() > TRIES_MAX && (job.attempts() - TRIES_MAX) % 2 == 1) {
      // every second attempt only waits, so that a report that ends the collector cannot do so
      // often
      String problem = job.problem();
      jobs.later(job, RETRY_FAILED, problem == null ? "no try ever finished" : problem, true);
      return true;
    }
    try {
      computation.run(job.evidence());
      jobs.done(job);
      return true;
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("evidence {}: its findings could not be computed", job.evidence(), e);
      boolean answers = Outage.of(e) == null;
      jobs.later(job, RETRY, String.valueOf(e), answers); // an outage does not count
      return answers;
    }
  }

  private void renew() {
    for (Job job : List.copyOf(taken.values())) {
      try {
        if (!jobs.renew(job, LENGTH, 0)) {
          LOG.warn(
              "evidence {}: another collector computes its findings too: this one stood still",
              job.evidence());
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("a report that is being computed cannot be kept now: {}", e.toString());
      }
    }
  }

  private void forgetOtherVersions() {
    try {
      jobs.forgetOthers(KINDS, KIND, OTHER_VERSIONS_REMEMBERED);
    } catch (IOException e) {
      LOG.warn("jobs of other versions stay until the next start: {}", e.getMessage());
    }
  }

  /** The evidence was purged. */
  void forget(Id evidence) throws IOException {
    jobs.forget(evidence);
  }

  @Override
  public void close() throws InterruptedException {
    renewing.shutdownNow();
    List<Job> underWay = List.copyOf(taken.values());
    Thread started = thread;
    if (started != null) {
      started.interrupt();
      started.join(JOIN_MILLIS);
    }
    for (Job job : underWay) {
      try {
        // does nothing if it is done
        jobs.later(job, Duration.ZERO, "its collector ended", false);
      } catch (IOException e) {
        LOG.warn("a report is computed by another collector in a minute: {}", e.getMessage());
      }
    }
  }
}
