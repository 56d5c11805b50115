package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.TestDatabase;

/** On a folder and SQLite. */
class FolderSharedStoreTest extends SharedStoreContract {
  @TempDir Path root;
  private @Nullable TestDatabase databases;

  /** SQLite is of one process, so the stores of this test share its connection. */
  private @Nullable Database database;

  @Override
  ObjectStore objects() throws IOException {
    return FolderObjects.open(root.resolve("objects"), Disk.LOCAL);
  }

  @Override
  Database database() throws IOException {
    if (database == null) {
      databases = TestDatabase.create(TestDatabase.Engine.SQLITE, root);
      database = databases.open();
    }
    return database;
  }

  @AfterEach
  void closeDatabases() throws IOException {
    if (databases != null) {
      databases.close();
    }
  }
}
