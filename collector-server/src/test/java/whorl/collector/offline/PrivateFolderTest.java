package whorl.collector.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
  @TempDir private Path parent;

  @Test
  void folder_isItsOwnersOnly_andGoneAtTheEnd() throws Exception {
    Path outside = Files.writeString(parent.resolve("outside"), "stays");
    PrivateFolder folder = PrivateFolder.open(parent);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
        .isEqualTo("rwx------");
    Files.createDirectories(folder.path().resolve("a/b"));
    Files.writeString(folder.path().resolve("a/b/c"), "c");
    Files.createSymbolicLink(folder.path().resolve("link"), outside);

    folder.close();

    assertThat(folder.path()).doesNotExist();
    assertThat(outside).hasContent("stays");
  }

  @Test
  void folderOfAKilledProcess_isDeletedByTheNext_andOthersStay() throws Exception {
    Path left = Files.createDirectory(parent.resolve("whorl-open-1"));
    Files.writeString(left.resolve("lock"), "");
    Files.writeString(left.resolve("secret"), "x");
    Path foreign = Files.createDirectory(parent.resolve("whorl-open-2"));
    Path other = Files.createDirectory(parent.resolve("other"));
    try (PrivateFolder inUse = PrivateFolder.open(parent)) {
      PrivateFolder.sweep(parent, Files.getOwner(inUse.path()), Instant.now().plusSeconds(60));

      assertThat(left).doesNotExist();
      assertThat(foreign).exists();
      assertThat(other).exists();
      assertThat(inUse.path()).exists();
    }
  }

  /** In a shared folder somebody may wait for it, and put a link in place of what is deleted. */
  @Test
  void folderOfAnotherUser_isNotTouched() throws Exception {
    Path trap = Files.createDirectory(parent.resolve("whorl-open-trap"));
    Files.writeString(trap.resolve("lock"), "");
    UserPrincipal other =
        parent.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");

    PrivateFolder.sweep(parent, other, Instant.now().plusSeconds(60));

    assertThat(trap.resolve("lock")).exists();
  }

  @Test
  void youngFolder_stays() throws Exception {
    Path young = Files.createDirectory(parent.resolve("whorl-open-1"));
    Files.writeString(young.resolve("lock"), "");

    try (PrivateFolder unused = PrivateFolder.open(parent)) {
      assertThat(young).exists();
    }
  }
}
