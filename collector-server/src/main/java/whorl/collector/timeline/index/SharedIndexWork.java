package whorl.collector.timeline.index;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.jobs.Job;
import whorl.collector.store.jobs.JobLedger;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

/**
 * The evidence that waits to be indexed by any of several collectors. What this collector has taken
 * it renews; what a collector that died had taken is taken by another within a minute. Thread-safe.
 */
public final class SharedIndexWork {
  private static final Logger LOG = LoggerFactory.getLogger(SharedIndexWork.class);

  /** Includes the version, because a collector of another version makes other timelines. */
  static final String KIND = "index-" + IndexStatus.VERSION;

  private static final String KINDS = "index-";
  private static final Duration OTHER_VERSIONS_REMEMBERED = Duration.ofDays(7);
  private static final Duration LENGTH = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final JobLedger jobs;
  private final AtomicInteger takes = new AtomicInteger();
  private final Map<Id, Job> taken = new ConcurrentHashMap<>();

  public SharedIndexWork(JobLedger jobs) {
    this.jobs = jobs;
  }

  /**
   * Adds evidence; if it is being indexed, it is indexed once more afterwards.
   *
   * @param bytes of all its artifacts; small evidence goes first
   */
  void add(Id evidence, boolean isNew, long bytes) throws IOException {
    jobs.add(KIND, evidence, isNew, bytes);
  }

  /** Takes the next evidence for this collector; null if there is none. */
  @Nullable Id take() throws IOException {
    Optional<Job> next =
        IndexLanes.isTurnOfOldest(takes.getAndIncrement())
            ? jobs.takeOldest(KIND, LENGTH)
            : jobs.take(KIND, LENGTH);
    if (next.isEmpty()) {
      return null;
    }
    taken.put(next.get().evidence(), next.get());
    return next.get().evidence();
  }

  /** Keeps what this collector has taken. Call it several times a minute. */
  void renew(ToDoubleFunction<Id> progress) throws IOException {
    for (Job job : List.copyOf(taken.values())) {
      if (!jobs.renew(job, LENGTH, progress.applyAsDouble(job.evidence()))) {
        taken.remove(job.evidence(), job);
        LOG.warn(
            "evidence {} is indexed by another collector too: this one stood still for a minute",
            job.evidence());
      }
    }
  }

  /** The evidence is indexed, or will never be. */
  void done(Id evidence) throws IOException {
    Job job = taken.remove(evidence);
    if (job != null) {
      jobs.done(job);
    }
  }

  /** Gives the evidence back, to be tried again later by any collector. */
  void later(Id evidence, String reason) throws IOException {
    Job job = taken.remove(evidence);
    if (job != null) {
      jobs.later(job, RETRY, reason, true);
    }
  }

  /** Forgets work that collectors of versions which are gone have left. */
  void forgetOtherVersions() throws IOException {
    jobs.forgetOthers(KINDS, KIND, OTHER_VERSIONS_REMEMBERED);
  }

  /**
   * Gives back all that this collector has taken, because it ends: another one takes it at once.
   */
  void giveBackAll() throws IOException {
    for (Job job : List.copyOf(taken.values())) {
      taken.remove(job.evidence(), job);
      jobs.later(job, Duration.ZERO, "its collector ended", false);
    }
  }

  /** The evidence was purged. */
  void forget(Id evidence) throws IOException {
    taken.remove(evidence);
    jobs.forget(evidence);
  }

  /** How far evidence without an index is, at any collector; null if it does not wait. */
  @Nullable IndexStatus status(Id evidence) throws IOException {
    Job job = jobs.find(KIND, evidence).orElse(null);
    if (job == null) {
      return null;
    }
    IndexStatus.State state =
        job.holder() == null ? IndexStatus.State.WAITING : IndexStatus.State.RUNNING;
    return new IndexStatus(
        IndexStatus.VERSION, state, job.progress(), 0, null, job.problem(), List.of());
  }
}
