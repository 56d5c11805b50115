package whorl.collector.timeline.index;

import java.io.IOException;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Id;

/** The timelines in a data folder, without the collector that made them. Changes nothing there. */
public final class StoredTimelines implements DuckTimeline.Indexed {
  private final TimelineFolder folder;

  public StoredTimelines(DataFolder folder) {
    this.folder = new TimelineFolder(folder, Disk.LOCAL, null);
  }

  @Override
  public DuckTimeline.Rows of(Id evidence) throws IOException {
    IndexStatus status = folder.status(evidence);
    if (status == null || status.state() != IndexStatus.State.READY) {
      throw new NotIndexedException(evidence, status == null ? IndexStatus.NONE : status);
    }
    return folder.rows(evidence);
  }
}
