package whorl.collector.timeline.index;

import java.io.IOException;
import java.util.function.DoubleConsumer;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

/**
 * Makes timelines in a data folder as a collector does, without one: one at a time, on the caller's
 * thread, in confined JVMs. {@link StoredTimelines} reads them.
 */
public final class OfflineIndex {
  private final IndexJob job;

  /**
   * @param folder of this process only
   */
  public OfflineIndex(
      EvidenceStore store, DataFolder folder, CustodyLines custody, ConfinedJvm confined) {
    this.job = new IndexJob(store, custody, confined, new TimelineFolder(folder, Disk.LOCAL, null));
  }

  /**
   * Makes the timeline of one piece of evidence.
   *
   * @param progress receives values from 0 to 1
   * @return ready, or failed with the reason
   * @throws IOException if no JVM could be started, or the store has no such evidence
   */
  public IndexStatus index(Id evidence, DoubleConsumer progress)
      throws IOException, InterruptedException {
    IndexJob.Result result = job.run(evidence, null, progress);
    IndexStatus status = result.status();
    if (status == null) {
      throw new IOException(
          "evidence "
              + evidence
              + " was not indexed: "
              + (result.later() == null ? "it is not in the store" : result.later()));
    }
    return status;
  }
}
