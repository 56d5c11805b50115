package whorl.collector.lake;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.Modes;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.timeline.Timeline;
import whorl.evidence.Id;

/**
 * The timelines of all evidence as one Iceberg table: indexed evidence is appended to it, evidence
 * that is indexed again is replaced, purged evidence is removed. All of that happens on one thread,
 * later; what is to be done survives a crash, and is tried again until it succeeds. Several
 * collectors may share the table.
 */
public final class Lake implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lake.class);
  private static final long RETRY_SECONDS = 30;
  private static final long CLEAN_SECONDS = 300;
  private static final long RECONCILE_SECONDS = 600;
  private static final int PAGE = 1_000;
  private static final long END_SECONDS = 30;

  private final LakeSettings settings;
  private final EvidenceStore store;
  private final ObjectFileIO io;
  private final LakeLedger ledger;
  private final LakeWork work;
  private final Path folder;
  private final Semaphore due = new Semaphore(0);
  private final Thread thread = new Thread(this::run, "whorl-lake");
  private final LongAdder failures = new LongAdder();

  /** Requests that the ledger could not take, true for those to append. */
  private final Map<Id, Boolean> unrecorded = new ConcurrentHashMap<>();

  private volatile boolean closed;
  private volatile @Nullable String problem;
  private volatile @Nullable LakeStatus lastStatus;
  private @Nullable LakeCatalog catalog;
  private @Nullable LakeTable table;

  /**
   * The dependencies.
   *
   * @param database with the catalog of evidence
   * @param folder for temporary files; used by this object only
   */
  public record Dependencies(
      Database database,
      ObjectStore objects,
      EvidenceStore store,
      Timeline timeline,
      Path folder,
      InstantSource clock) {}

  /** Nothing is opened before {@link #start}. */
  public Lake(Dependencies dependencies, LakeSettings settings) {
    this.settings = settings;
    this.store = dependencies.store();
    this.io = new ObjectFileIO(dependencies.objects(), settings.root());
    this.folder = dependencies.folder();
    this.ledger = new LakeLedger(dependencies.database(), UUID.randomUUID().toString());
    this.work =
        new LakeWork(
            ledger,
            dependencies.store(),
            dependencies.objects(),
            io,
            dependencies.timeline(),
            folder,
            dependencies.clock());
  }

  /**
   * Starts the thread, which opens the table as soon as catalog and object store can be reached.
   */
  public void start() throws IOException {
    Files.createDirectories(folder, Modes.folder());
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder)) {
      for (Path each : leftovers) {
        if (Files.isRegularFile(each)) {
          Files.delete(each);
        }
      }
    }
    thread.setDaemon(true);
    thread.start();
  }

  /** The rows of this evidence are new, or have changed. */
  public void indexed(Id evidence) {
    request(evidence, true);
  }

  /** The evidence is purged. */
  public void purged(Id evidence) {
    request(evidence, false);
  }

  /** The pieces that are to be appended, replaced or removed, as of the last look. */
  public long waiting() {
    LakeStatus known = lastStatus;
    return known == null ? 0 : known.waiting();
  }

  /** Those of them that failed and are tried again, as of the last look. */
  public long failing() {
    LakeStatus known = lastStatus;
    return known == null ? 0 : known.failing();
  }

  /** Why nothing, or not all, can be done now, in a sentence; null if it can. */
  public @Nullable String problem() {
    String now = problem;
    if (now != null) {
      return "the lake has to wait: " + now;
    }
    LakeStatus known = lastStatus;
    return known == null || known.failing() == 0
        ? null
        : known.failing() + " pieces of evidence fail in the lake: " + known.problem();
  }

  /** How often something failed since the start, and was tried again. */
  public long failures() {
    return failures.sum();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    due.release();
    try {
      // no interrupt: it would break connections in the middle of a commit
      thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LakeCatalog open = catalog;
    if (open != null) {
      open.close();
    }
  }

  private void request(Id evidence, boolean wanted) {
    unrecorded.put(evidence, wanted);
    try {
      record(evidence);
    } catch (IOException e) {
      failures.increment();
      LOG.warn("evidence {} reaches the lake later", evidence, e);
    }
    due.release();
  }

  private void record(Id evidence) throws IOException {
    Boolean wanted = unrecorded.get(evidence);
    if (wanted == null) {
      return;
    }
    if (wanted) {
      ledger.want(evidence);
    } else {
      ledger.unwant(evidence);
    }
    // unless there was another request meanwhile
    unrecorded.remove(evidence, wanted);
  }

  private void run() {
    long cleaned = System.nanoTime();
    Long reconciled = null;
    while (!closed) {
      boolean more = false;
      try {
        for (Id evidence : Set.copyOf(unrecorded.keySet())) {
          record(evidence);
        }
        LakeTable lake = table();
        if (reconciled == null || isPast(reconciled, RECONCILE_SECONDS)) {
          reconcile(lake);
          reconciled = System.nanoTime();
        }
        more = work.batch(lake) == LakeWork.BATCH_MAX;
        long cleanSeconds = Math.min(CLEAN_SECONDS, settings.snapshotsKept().toSeconds() / 4);
        if (isPast(cleaned, cleanSeconds)) {
          work.clean(lake, settings.snapshotsKept());
          cleaned = System.nanoTime();
        }
        lastStatus = ledger.status();
        problem = null;
      } catch (IOException | RuntimeException | Error e) {
        failures.increment();
        String now = String.valueOf(e.getMessage());
        if (!now.equals(problem)) {
          LOG.warn("the lake has to wait", e);
        }
        problem = now;
        table = null;
      }
      if (!await(more)) {
        return;
      }
    }
  }

  private static boolean isPast(long nanos, long seconds) {
    return System.nanoTime() - nanos >= TimeUnit.SECONDS.toNanos(seconds);
  }

  /** Waits for the next request, but not long; and after that until the next commit is allowed. */
  private boolean await(boolean more) {
    try {
      if (!more && problem == null) {
        boolean unused = due.tryAcquire(RETRY_SECONDS, TimeUnit.SECONDS);
      }
      long pauseMillis =
          problem == null
              ? settings.batchPause().toMillis()
              : TimeUnit.SECONDS.toMillis(RETRY_SECONDS);
      for (long waited = 0; waited < pauseMillis && !closed; waited += 100) {
        Thread.sleep(Math.min(100, pauseMillis - waited));
      }
      due.drainPermits();
      return !closed;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private LakeTable table() throws IOException {
    LakeTable known = table;
    if (known == null) {
      LakeCatalog open = catalog;
      if (open == null) {
        open = LakeCatalog.open(settings, io);
        catalog = open;
      }
      known = open.table();
      table = known;
    }
    return known;
  }

  /** Finds evidence that is not in the lake and should be, and the other way round. */
  private void reconcile(LakeTable lake) throws IOException {
    if (lake.isNew()) {
      // the first start, or the table was deleted, or a backup restored, which has no lake in it
      ledger.startAgain();
    } else if (ledger.isEmpty()) {
      Map<Id, List<String>> found = new HashMap<>();
      lake.each(
          (evidence, file) -> found.computeIfAbsent(evidence, id -> new ArrayList<>()).add(file));
      for (Map.Entry<Id, List<String>> each : found.entrySet()) {
        ledger.found(each.getKey(), each.getValue());
      }
    }
    List<Id> unknown = ledger.unknown(PAGE);
    while (!unknown.isEmpty() && !closed) {
      for (Id evidence : unknown) {
        ledger.want(evidence);
      }
      unknown = ledger.unknown(PAGE);
    }
    for (Id evidence : ledger.withoutEvidence(PAGE)) {
      // the catalog may be incomplete for a while; the store is not
      if (!store.contains(evidence)) {
        ledger.unwant(evidence);
      }
    }
  }
}
