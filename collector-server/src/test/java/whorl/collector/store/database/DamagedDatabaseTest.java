package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedDatabaseTest {
  @TempDir Path root;

  @Test
  void fileThatIsNoDatabase_isRefusedWithARemedy() throws IOException {
    Path file = root.resolve("catalog.db");
    Files.writeString(file, "this is no data base, and was one before the disk failed".repeat(100));

    assertThatThrownBy(() -> SqliteDatabase.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("catalog.db")
        .hasMessageContaining("whorl restore");
    assertThat(SqliteDatabase.check(file)).isNotNull();
  }

  @Test
  void damagedPage_isFoundByTheCheck() throws IOException {
    Path file = root.resolve("cases.db");
    try (Database database = SqliteDatabase.open(file)) {
      database.update("CREATE TABLE t (a TEXT)");
      for (int i = 0; i < 200; i++) {
        database.update("INSERT INTO t VALUES (?)", "x".repeat(500));
      }
    }
    assertThat(SqliteDatabase.check(file)).isNull();
    try (RandomAccessFile pages = new RandomAccessFile(file.toFile(), "rw")) {
      pages.seek(3 * 4096);
      pages.write(new byte[] {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5});
    }

    assertThat(SqliteDatabase.check(file)).isNotNull();
  }
}
