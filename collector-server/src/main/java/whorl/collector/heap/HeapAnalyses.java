package whorl.collector.heap;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.heap.read.HeapAnalysis;
import whorl.collector.heap.read.HeapLine;
import whorl.collector.http.request.ProblemException;
import whorl.collector.performance.ResultStore;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.thread.OneAtATime;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Analyses of heap snapshots: made when somebody first asks for them, one at a time on a thread of
 * this object, and kept. Several collectors that are asked at the same time each make their own;
 * the results are equal. Thread-safe.
 */
final class HeapAnalyses implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeapAnalyses.class);
  private static final String KIND = "heap";

  /** What was made by another version is made anew. */
  private static final int VERSION = 1;

  private static final int WAITING_MAX = 16;
  private static final int FAILED_MAX = 16;
  private static final long FAILED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final EvidenceStore store;
  private final ResultStore kept;
  private final HeapReading reading;
  private final Duration patience;
  private final ThreadPoolExecutor thread;
  private final Map<Id, Work> works = new ConcurrentHashMap<>();
  private final Map<Id, Failed> failed = new LinkedHashMap<>();

  /** How far the analysis of one snapshot is. */
  enum State {
    /** Nobody asked for it. */
    NONE,
    WAITING,
    RUNNING,
    DONE
  }

  /**
   * An analysis, or how far it is.
   *
   * @param step what is done now; null unless it is running
   * @param analysis null unless it is done
   */
  record Answer(State state, HeapLine.@Nullable Step step, @Nullable HeapAnalysis analysis) {}

  /** What is kept. */
  private record Kept(int version, String build, JsonNode value) {}

  /** An outcome that is not kept, because another attempt may have another. */
  private record Failed(HeapAnalysis analysis, long atNanos) {}

  private static final class Work {
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean running;
    private volatile @Nullable FutureTask<@Nullable Void> task;
    private volatile boolean stopped;

    private volatile HeapLine.@Nullable Step step;
    private volatile @Nullable HeapAnalysis analysis;
    private volatile @Nullable ProblemException refused;
  }

  /**
   * @param patience how long a request waits for an analysis that is being made
   */
  HeapAnalyses(EvidenceStore store, ResultStore kept, HeapReading reading, Duration patience) {
    this.store = store;
    this.kept = kept;
    this.reading = reading;
    this.patience = patience;
    this.thread = OneAtATime.named("whorl-heap", WAITING_MAX);
  }

  /**
   * The analysis of this evidence, or how far it is.
   *
   * @param start true to begin unless it is there or in progress
   * @throws ProblemException 503 if too many wait
   */
  Answer of(EvidenceRecord record, boolean start) throws IOException {
    HeapSnapshot snapshot = HeapSnapshot.of(record);
    StoredArtifact artifact = snapshot.artifact();
    if (artifact == null) {
      String why = snapshot.whyNone() == null ? "it is missing" : snapshot.whyNone();
      return done(HeapAnalysis.none(null, snapshot.content(), why));
    }
    HeapAnalysis found = read(record.id(), build(snapshot, artifact));
    if (found == null) {
      found = recentlyFailed(record.id());
    }
    if (found != null) {
      return done(found);
    }
    Work running = works.get(record.id());
    if (running == null && !start) {
      return new Answer(State.NONE, null, null);
    }
    return await(running == null ? started(snapshot, artifact) : running, start);
  }

  /** The analysis if it is there; null if nobody asked for one yet, or there is no snapshot. */
  @Nullable HeapAnalysis existing(EvidenceRecord record) throws IOException {
    HeapSnapshot snapshot = HeapSnapshot.of(record);
    StoredArtifact artifact = snapshot.artifact();
    return artifact == null ? null : read(record.id(), build(snapshot, artifact));
  }

  private Answer await(Work work, boolean wait) throws IOException {
    try {
      if (wait) {
        work.done.await(patience.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a heap snapshot was read", stopped);
    }
    if (work.refused != null) {
      throw work.refused;
    }
    HeapAnalysis analysis = work.analysis;
    return analysis != null
        ? done(analysis)
        : new Answer(work.running ? State.RUNNING : State.WAITING, work.step, null);
  }

  private Work started(HeapSnapshot snapshot, StoredArtifact artifact) {
    Id evidence = snapshot.record().id();
    Work created = new Work();
    Work before = works.putIfAbsent(evidence, created);
    if (before != null) {
      return before;
    }
    try {
      FutureTask<@Nullable Void> task =
          new FutureTask<>(() -> work(snapshot, artifact, created), null);
      created.task = task;
      thread.execute(task);
    } catch (RejectedExecutionException full) {
      works.remove(evidence, created);
      throw new ProblemException(
          503, "too busy", "too many heap snapshots wait to be read", Map.of("Retry-After", "30"));
    }
    return created;
  }

  /**
   * Stops an analysis that waits or runs here. A request for it within half a minute gets the
   * answer that it was stopped; later it begins anew.
   *
   * @param by the name of who stops it
   * @return false if there is none
   */
  boolean stop(EvidenceRecord record, String by) {
    Id evidence = record.id();
    Work work = works.get(evidence);
    FutureTask<@Nullable Void> task = work == null ? null : work.task;
    if (work == null || task == null) {
      return false;
    }
    work.stopped = true;
    if (!task.cancel(true)) {
      return false; // it has just ended
    }
    boolean unused = thread.remove(task);
    HeapSnapshot snapshot = HeapSnapshot.of(record);
    StoredArtifact artifact = snapshot.artifact();
    HeapAnalysis none =
        HeapAnalysis.none(
            artifact == null ? null : artifact.name().value(),
            snapshot.content(),
            by + " stopped the examination; ask again in half a minute to begin it anew");
    remember(evidence, none);
    work.analysis = none;
    end(evidence, work);
    LOG.info("evidence {}: {} stopped the reading of its heap snapshot", evidence, by);
    return true;
  }

  private void end(Id evidence, Work work) {
    works.remove(evidence, work);
    work.done.countDown();
  }

  private void work(HeapSnapshot snapshot, StoredArtifact artifact, Work work) {
    Id evidence = snapshot.record().id();
    work.running = true;
    try {
      work.analysis = make(snapshot, artifact, work);
    } catch (ProblemException refused) {
      work.refused = refused;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      if (!work.stopped) {
        work.analysis = HeapAnalysis.none(null, snapshot.content(), "the collector stops");
      }
    } catch (IOException | RuntimeException e) {
      if (work.stopped) {
        LOG.debug("evidence {}: the reading of its heap snapshot was stopped", evidence, e);
        return;
      }
      LOG.warn("evidence {}: its heap snapshot could not be read", evidence, e);
      HeapAnalysis none =
          HeapAnalysis.none(
              artifact.name().value(),
              snapshot.content(),
              "the heap snapshot could not be read; the collector's log says why");
      remember(evidence, none);
      work.analysis = none;
    } finally {
      end(evidence, work);
    }
  }

  private HeapAnalysis make(HeapSnapshot snapshot, StoredArtifact artifact, Work work)
      throws IOException, InterruptedException {
    Id evidence = snapshot.record().id();
    String build = build(snapshot, artifact);
    HeapAnalysis before = read(evidence, build);
    if (before != null) {
      return before;
    }
    long began = System.nanoTime();
    HeapReading.Made made = reading.read(snapshot, artifact, step -> work.step = step);
    LOG.info(
        "evidence {}: heap snapshot of {} bytes read in {} ms",
        evidence,
        artifact.size(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    if (!made.keep()) {
      remember(evidence, made.analysis());
    } else if (store.contains(evidence)) {
      byte[] json = Json.bytes(new Kept(VERSION, build, Json.MAPPER.valueToTree(made.analysis())));
      kept.write(evidence, KIND, name(build), json);
      if (!store.contains(evidence)) {
        kept.remove(evidence, KIND, name(build)); // it was purged meanwhile
      }
    }
    return made.analysis();
  }

  private @Nullable HeapAnalysis read(Id evidence, String build) throws IOException {
    byte[] json = kept.read(evidence, KIND, name(build));
    if (json == null) {
      return null;
    }
    try {
      Kept found = Json.LENIENT.readValue(json, Kept.class);
      return found.version() == VERSION && build.equals(found.build())
          ? Json.LENIENT.treeToValue(found.value(), HeapAnalysis.class)
          : null;
    } catch (JacksonException incompatible) {
      LOG.info("evidence {}: its heap snapshot is examined anew", evidence);
      return null;
    }
  }

  private void remember(Id evidence, HeapAnalysis analysis) {
    synchronized (failed) {
      failed.put(evidence, new Failed(analysis, System.nanoTime()));
      if (failed.size() > FAILED_MAX) {
        failed.remove(failed.keySet().iterator().next());
      }
    }
  }

  private @Nullable HeapAnalysis recentlyFailed(Id evidence) {
    synchronized (failed) {
      Failed found = failed.get(evidence);
      if (found != null && System.nanoTime() - found.atNanos() > FAILED_NANOS) {
        failed.remove(evidence);
        found = null;
      }
      return found == null ? null : found.analysis();
    }
  }

  private static String build(HeapSnapshot snapshot, StoredArtifact artifact) {
    return HeapSnapshot.build(artifact, snapshot.hasValues());
  }

  /** Two versions of the collector keep two results of the same snapshot. */
  private static String name(String build) {
    return VERSION + "-" + build;
  }

  private static Answer done(HeapAnalysis analysis) {
    return new Answer(State.DONE, null, analysis);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
