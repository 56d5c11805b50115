package whorl.collector.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanLibrariesTest {
  @TempDir Path folder;

  @Test
  void librariesOfAKilledProcess_areDeleted_andNothingElse() throws Exception {
    Path duck = leave("libduckdb_java123.so");
    Path sqlite = leave("sqlite-3.50-1-libsqlitejdbc.so");
    Path lock = leave("sqlite-3.50-1-libsqlitejdbc.so.lck");
    Path other = leave("libduckling.so");
    Path fresh = Files.writeString(folder.resolve("libduckdb_java456.so"), "just unpacked");

    OrphanLibraries.delete(folder);

    assertThat(duck).doesNotExist();
    assertThat(sqlite).doesNotExist();
    assertThat(lock).doesNotExist();
    assertThat(other).exists();
    assertThat(fresh).exists();
    OrphanLibraries.delete(folder.resolve("not-there"));
  }

  private Path leave(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "bytes");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    return file;
  }
}
