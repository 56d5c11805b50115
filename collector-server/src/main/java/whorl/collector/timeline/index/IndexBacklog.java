package whorl.collector.timeline.index;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.Id;

/**
 * Finds the evidence that was kept and never indexed, for example because a collector ended between
 * the two, and all evidence after the form of timelines has changed. Evidence that collectors share
 * may be millions of pieces, so it is looked through beside the other work, page by page and with
 * pauses, on the thread {@code whorl-index-backlog}.
 */
final class IndexBacklog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexBacklog.class);
  private static final int PAGE = 500;
  private static final Duration BETWEEN_PAGES = Duration.ofMillis(200);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
  private static final Duration JOIN = Duration.ofSeconds(10);

  private final EvidenceStore store;
  private final SharedTimelines timelines;
  private final IndexPending pending;
  private final int page;
  private final Duration betweenPages;
  private final Duration afterFailure;
  private final Thread thread = new Thread(this::run, "whorl-index-backlog");

  IndexBacklog(EvidenceStore store, SharedTimelines timelines, IndexPending pending) {
    this(store, timelines, pending, PAGE, BETWEEN_PAGES, AFTER_FAILURE);
  }

  /**
   * @param page how many pieces are looked at together
   * @param betweenPages the pause
   * @param afterFailure the pause before a page is looked at again
   */
  IndexBacklog(
      EvidenceStore store,
      SharedTimelines timelines,
      IndexPending pending,
      int page,
      Duration betweenPages,
      Duration afterFailure) {
    this.store = store;
    this.timelines = timelines;
    this.pending = pending;
    this.page = page;
    this.betweenPages = betweenPages;
    this.afterFailure = afterFailure;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Looks through all evidence once; a failure is logged and its page looked at again. */
  private void run() {
    try {
      String after = "";
      int found = 0;
      while (true) {
        try {
          List<Id> ids = store.evidence(after, page);
          found += enqueueMissing(ids);
          if (ids.size() < page) {
            break;
          }
          after = ids.get(ids.size() - 1).value();
          TimeUnit.MILLISECONDS.sleep(betweenPages.toMillis());
        } catch (IOException | RuntimeException e) {
          LOG.warn(
              "evidence after '{}' is looked at again in {} for what is not indexed: {}",
              after,
              afterFailure,
              e.getMessage());
          TimeUnit.MILLISECONDS.sleep(afterFailure.toMillis());
        }
      }
      if (found > 0) {
        LOG.info("{} pieces of evidence had no timeline; they are indexed now", found);
      }
    } catch (InterruptedException stopped) {
      LOG.debug("evidence without a timeline is looked for again at the next start");
    }
  }

  private int enqueueMissing(List<Id> ids) throws IOException {
    if (ids.isEmpty()) {
      return 0;
    }
    Set<Id> indexed = timelines.indexed(ids.get(0), ids.get(ids.size() - 1));
    int found = 0;
    for (Id each : ids) {
      if (!indexed.contains(each) && pending.enqueue(each, false)) {
        found++;
      }
    }
    return found;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(JOIN.toMillis());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
