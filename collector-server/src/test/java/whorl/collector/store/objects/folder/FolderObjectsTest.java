package whorl.collector.store.objects.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.ObjectStoreContract;

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
