package whorl.collector.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.Modes;

/**
 * SQLite files with the current schema: copying one takes a fraction of the time that all
 * migrations take, which {@code MigrationsTest} and the tests of a whole collector run.
 */
final class MigratedFiles {
  private static final Map<Schema, byte[]> EMPTY = new EnumMap<>(Schema.class);

  private MigratedFiles() {}

  /** What a file is to hold. */
  enum Schema {
    CATALOG,
    CASES
  }

  /** Puts an empty database there, unless there is a file already. */
  static void put(Path file, Schema schema) throws IOException {
    if (!Files.exists(file)) {
      Files.write(Files.createFile(file, Modes.file()), empty(schema));
    }
  }

  private static synchronized byte[] empty(Schema schema) throws IOException {
    byte[] content = EMPTY.get(schema);
    if (content == null) {
      Path folder = Files.createTempDirectory("whorl-schema");
      Path file = folder.resolve("empty.db");
      open(file, schema).close(); // with the last connection goes the write-ahead log
      content = Files.readAllBytes(file);
      Files.delete(file);
      Files.delete(folder);
      EMPTY.put(schema, content);
    }
    return content;
  }

  private static SqliteDatabase open(Path file, Schema schema) throws IOException {
    return schema == Schema.CATALOG ? SqliteDatabase.open(file) : SqliteDatabase.openCases(file);
  }
}
