package whorl.collector.store.objects.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.store.outage.Outage;
import whorl.collector.testkit.TestDatabase;

class StoreIdentityTest {
  @TempDir Path root;
  private TestDatabase databases;
  private Database database;

  @BeforeEach
  void open() throws IOException {
    databases = TestDatabase.create(TestDatabase.Engine.SQLITE, root);
    database = databases.open();
  }

  @AfterEach
  void close() throws IOException {
    databases.close();
  }

  @Test
  void firstStart_givesBothTheSameId_andLaterStartsFindIt() throws Exception {
    check("objects");
    String id = Files.readString(root.resolve("objects/store.id"));
    check("objects");

    assertThat(id).hasSize(36);
    assertThat(Files.readString(root.resolve("objects/store.id"))).isEqualTo(id);
  }

  @Test
  void folderThatIsNotMounted_isWaitedFor_andNamed() throws Exception {
    check("objects");
    Files.move(root.resolve("objects"), root.resolve("elsewhere"));

    assertThatThrownBy(() -> check("objects"))
        .hasMessageContaining("objects is not the object store of these records")
        .hasMessageContaining("Mount it, or correct --objects")
        .satisfies(failure -> assertThat(Outage.of(failure)).isEqualTo("the object store"));
    assertThat(root.resolve("objects/store.id")).doesNotExist();
  }

  @Test
  void storeOfOtherRecords_isRefused() throws Exception {
    check("objects");
    Files.createDirectories(root.resolve("other"));
    Files.writeString(root.resolve("other/store.id"), "11111111-2222-3333-4444-555555555555");

    assertThatThrownBy(() -> check("other"))
        .hasMessageContaining("is the object store of other records")
        .hasMessageContaining("11111111-2222-3333-4444-555555555555")
        .satisfies(failure -> assertThat(Outage.of(failure)).isNull());
  }

  @Test
  void storeWhoseContentIsLost_isTakenOnceItHasTheId() throws Exception {
    check("objects");
    String id = Files.readString(root.resolve("objects/store.id"));
    Files.createDirectories(root.resolve("new"));
    assertThatThrownBy(() -> check("new")).hasMessageContaining("write " + id);

    Files.writeString(root.resolve("new/store.id"), id + "\n");
    check("new");
  }

  @Test
  void startThatEndedBeforeTheObjectWasWritten_isCompletedByTheNextOne() throws Exception {
    database.update(
        "INSERT INTO object_store (one, id, written)"
            + " VALUES (1, '11111111-2222-3333-4444-555555555555', 0)");

    check("objects");

    assertThat(root.resolve("objects/store.id")).hasContent("11111111-2222-3333-4444-555555555555");
  }

  @Test
  void databaseThatIsMadeAnew_takesTheIdOfTheObjects() throws Exception {
    Files.createDirectories(root.resolve("objects"));
    Files.writeString(root.resolve("objects/store.id"), "11111111-2222-3333-4444-555555555555");

    check("objects");

    assertThat(database.query("SELECT id FROM object_store", row -> row.getString(1)))
        .containsExactly("11111111-2222-3333-4444-555555555555");
  }

  @Test
  void severalFirstStartsAtOnce_agree() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> starts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      starts.add(
          threads.submit(
              () -> {
                check("objects");
                return null;
              }));
    }
    for (Future<?> each : starts) {
      each.get();
    }
    threads.shutdown();

    String known = database.query("SELECT id FROM object_store", row -> row.getString(1)).get(0);
    assertThat(Files.readString(root.resolve("objects/store.id"), StandardCharsets.US_ASCII))
        .isEqualTo(known);
  }

  private void check(String folder) throws IOException {
    try (ObjectStore objects = FolderObjects.open(root.resolve(folder), Disk.LOCAL)) {
      new StoreIdentity(objects, database, folder).check();
    }
  }
}
