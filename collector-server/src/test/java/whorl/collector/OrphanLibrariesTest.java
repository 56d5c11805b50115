package whorl.collector;

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
  void librariesOfARunThatWasKilled_go_andNothingElse() throws Exception {
    Path duck = left("libduckdb_java123.so");
    Path sqlite = left("sqlite-3.50-1-libsqlitejdbc.so");
    Path lock = left("sqlite-3.50-1-libsqlitejdbc.so.lck");
    Path other = left("libduckling.so");
    Path fresh = Files.writeString(folder.resolve("libduckdb_java456.so"), "just unpacked");

    OrphanLibraries.delete(folder);

    assertThat(duck).doesNotExist();
    assertThat(sqlite).doesNotExist();
    assertThat(lock).doesNotExist();
    assertThat(other).exists();
    assertThat(fresh).exists();
    OrphanLibraries.delete(folder.resolve("not-there"));
  }

  private Path left(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "bytes");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    return file;
  }
}
