package whorl.collector.receive.shared;

import java.nio.file.Path;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.UnforcedDisk;

/** On a folder, which links what it is given. */
class LateWritesToFolderTest extends LateWritesContract {
  @Override
  int partBytes() {
    return 900 << 10;
  }

  @Override
  ObjectStore objects(Path folder) throws Exception {
    return FolderObjects.open(folder, new UnforcedDisk());
  }
}
