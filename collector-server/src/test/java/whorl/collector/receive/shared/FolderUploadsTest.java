package whorl.collector.receive.shared;

import java.nio.file.Path;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.Sizes;
import whorl.collector.testkit.UnforcedDisk;

/** On a folder and SQLite; killed at every third call unless {@link Sizes} are full. */
class FolderUploadsTest extends SharedUploadsContract {
  @Override
  protected SharedWorld openWorld(Path root) throws Exception {
    return SharedWorld.withFolderStore(
        root,
        () -> {
          SqliteDatabase database = SqliteDatabase.open(root.resolve("catalog.db"));
          database.update("PRAGMA synchronous=OFF");
          return database;
        },
        FolderObjects.open(root, new UnforcedDisk()));
  }

  @Override
  protected int step() {
    return Sizes.step();
  }
}
