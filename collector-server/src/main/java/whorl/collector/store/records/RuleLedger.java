package whorl.collector.store.records;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Json;

/**
 * The rule sets for agents, each with its newest versions. Thread-safe. Changes are durable when a
 * call returns.
 */
public final class RuleLedger {
  private static final int VERSIONS_KEPT = 10;

  private final Database database;

  public RuleLedger(Database database) {
    this.database = database;
  }

  /** The version of the next push of this name. */
  public int nextVersion(String name) throws IOException {
    List<Integer> newest =
        database.query("SELECT newest FROM rule_sets WHERE name = ?", row -> row.getInt(1), name);
    return newest.isEmpty() ? 1 : newest.get(0) + 1;
  }

  /**
   * Stores a version and puts it in use; the oldest versions are deleted.
   *
   * @return false, and nothing is stored, if this is not the next version any more: another
   *     collector has stored one
   */
  public boolean put(RuleSetRecord set) throws IOException {
    return database.inTransaction(
        () -> {
          int changed =
              database.update(
                  "INSERT INTO rule_sets (name, newest, removed) SELECT ?, ?, 0 WHERE ? = 1"
                      + " ON CONFLICT (name) DO NOTHING",
                  set.name(),
                  set.version(),
                  set.version());
          if (changed == 0) {
            changed =
                database.update(
                    "UPDATE rule_sets SET newest = ?, removed = 0 WHERE name = ? AND newest = ?",
                    set.version(),
                    set.name(),
                    set.version() - 1);
          }
          if (changed == 0) {
            return false;
          }
          database.update(
              "INSERT INTO rule_versions (name, version, record) VALUES (?, ?, ?)",
              set.name(),
              set.version(),
              Json.text(set));
          database.update(
              "DELETE FROM rule_versions WHERE name = ? AND version <= ?",
              set.name(),
              set.version() - VERSIONS_KEPT);
          return true;
        });
  }

  /** Takes the set out of use; its versions stay. False if it was not in use. */
  public boolean remove(String name) throws IOException {
    return database.update("UPDATE rule_sets SET removed = 1 WHERE name = ? AND removed = 0", name)
        > 0;
  }

  /** The sets in use, sorted by name. */
  public List<RuleSetRecord> inUse() throws IOException {
    return database.query(
        "SELECT record FROM rule_versions JOIN rule_sets"
            + " ON rule_versions.name = rule_sets.name AND version = newest"
            + " WHERE removed = 0 ORDER BY rule_sets.name",
        row -> Json.LENIENT.readValue(row.getString(1), RuleSetRecord.class));
  }

  /** The set in use with this name, or null. */
  public @Nullable RuleSetRecord find(String name) throws IOException {
    return inUse().stream().filter(set -> set.name().equals(name)).findFirst().orElse(null);
  }

  /** The stored versions of a set, newest first. */
  public List<RuleSetRecord> versions(String name) throws IOException {
    return database.query(
        "SELECT record FROM rule_versions WHERE name = ? ORDER BY version DESC",
        row -> Json.LENIENT.readValue(row.getString(1), RuleSetRecord.class),
        name);
  }
}
