package whorl.collector.maintenance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.SqliteDatabase;

/**
 * Checks the SQLite databases once in the background, to report damage before it is encountered.
 */
public final class DatabaseCheck {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseCheck.class);

  private final List<Path> databases;
  private volatile Map<String, String> problems = Map.of();

  public DatabaseCheck(List<Path> databases) {
    this.databases = databases;
  }

  public void start() {
    Thread thread = new Thread(this::run, "whorl-check");
    thread.setDaemon(true);
    thread.start();
  }

  void run() {
    Map<String, String> found = new TreeMap<>();
    for (Path database : databases) {
      String name = String.valueOf(database.getFileName());
      try {
        String problem = SqliteDatabase.check(database);
        if (problem != null) {
          found.put(name, problem);
          LOG.warn("{} is damaged: {}; restore the last backup (whorl restore)", name, problem);
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("{} could not be checked: {}", name, e.getMessage());
      }
    }
    problems = Map.copyOf(found);
  }

  /** The damage found, in a sentence; null if none was found. */
  public @Nullable String problem() {
    return problems.isEmpty() ? null : "damaged: " + new TreeMap<>(problems);
  }
}
