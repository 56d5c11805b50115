package whorl.collector.store.objects.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.ObjectStoreContract;
import whorl.collector.store.outage.Outage;

class FolderObjectsTest extends ObjectStoreContract {
  @TempDir Path root;
  private @Nullable ObjectStore store;

  @Override
  protected ObjectStore store() throws IOException {
    if (store == null) {
      store = FolderObjects.open(root, Disk.LOCAL);
    }
    return store;
  }

  @Test
  void emptyFolders_areDeletedWithTheirLastObject() throws Exception {
    store().put("a/b/c/one", text("1"));
    store().put("a/two", text("2"));

    store().delete("a/b/c/one");

    assertThat(root.resolve("a/b")).doesNotExist();
    assertThat(root.resolve("a/two")).exists();
  }

  @Test
  void folderThatLosesItsMount_losesNothing_andReceivesNothing() throws Exception {
    ObjectStore store = store();
    store.put("a/one", text("1"));
    Path elsewhere = Files.createTempDirectory("whorl-mount").resolve("objects");
    Files.move(root, elsewhere);
    Files.createDirectory(root); // the mount point
    Path content = Files.write(elsewhere.resolveSibling("content"), text("2"));

    for (ThrowingCallable each :
        List.<ThrowingCallable>of(
            () -> store.find("a/one"),
            () -> store.read("a/one", 0).close(),
            () -> store.list("a/", "", 10),
            () -> store.put("a/two", text("2")),
            () -> store.put("a/two", content),
            () -> store.putIfAbsent("a/two", content),
            () -> store.copy("a/one", "a/two"),
            () -> store.delete("a/one"),
            () -> store.beginParts("a/two"),
            store::check)) {
      assertThatThrownBy(each)
          .satisfies(failure -> assertThat(Outage.of(failure)).isEqualTo("the object store"))
          .hasMessageContaining("mount it again");
    }
    assertThat(root).isEmptyDirectory();

    Files.delete(root);
    Files.move(elsewhere, root);
    assertThat(store.find("a/one")).isNotNull();
    store.check();
  }

  @Test
  void whatInterruptedWritesLeft_isDeletedAfterADay() throws Exception {
    store();
    Path old = Files.write(root.resolve(".temporary/old"), text("x"));
    Path fresh = Files.write(root.resolve(".temporary/fresh"), text("x"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

    FolderObjects.open(root, Disk.LOCAL);

    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
  }

  @Test
  void finishedWrites_leaveNothingTemporary() throws Exception {
    store().put("one", file(text("1")));
    store().put("one", file(text("1")));
    store().putIfAbsent("one", file(text("1")));
    store().copy("one", "two");

    assertThat(root.resolve(".temporary")).isEmptyDirectory();
  }
}
