package whorl.collector.receive.shared;

import java.nio.file.Path;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.UnforcedDisk;

/** On a folder and SQLite. */
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
}
