package whorl.collector.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the records are: what changes, such as the catalog, agents, alerts and cases. */
public sealed interface RecordsPlace {
  /** The SQLite files {@code catalog.db} and {@code cases.db} in a folder. */
  record Folder(Path folder) implements RecordsPlace {}

  /**
   * A PostgreSQL database.
   *
   * @param url begins with {@code jdbc:postgresql:}; may contain a password
   * @param user null if the URL names one
   * @param password null if the URL has it, a file has it, or none is needed
   * @param passwordFile is read for each connection; null for none
   */
  record Postgres(
      String url, @Nullable String user, @Nullable String password, @Nullable Path passwordFile)
      implements RecordsPlace {
    /** Without URL and password, which are secret. */
    @Override
    public String toString() {
      return "PostgreSQL";
    }
  }
}
