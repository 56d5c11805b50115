package whorl.collector.receive.shared;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.testkit.UnforcedDisk;

/** On a folder and PostgreSQL. */
class PostgresUploadsTest extends SharedUploadsContract {
  private TestDatabase postgres;

  @Override
  protected SharedWorld openWorld(Path root) throws Exception {
    postgres = TestDatabase.create(TestDatabase.Engine.POSTGRESQL, root);
    Database opened = postgres.open();
    return SharedWorld.withSharedStore(
        root,
        () -> new DelegatingDatabase(opened),
        FolderObjects.open(root.resolve("objects"), new UnforcedDisk()));
  }

  @Override
  protected int step() {
    return 5;
  }

  @AfterEach
  void closePostgres() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }
}
