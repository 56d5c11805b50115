package whorl.collector.store.objects.folder;

import java.io.IOException;
import java.nio.file.Path;
import whorl.collector.store.outage.Outage;

/** The folder of the objects is not there, such as a network's file system without its mount. */
final class FolderAway extends IOException implements Outage {
  private static final long serialVersionUID = 1;

  FolderAway(Path root) {
    super(root + " is not there as it was opened: mount it again");
  }

  @Override
  public String unusable() {
    return "the object store";
  }
}
