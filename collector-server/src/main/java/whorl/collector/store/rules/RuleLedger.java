package whorl.collector.store.rules;

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

  /**
   * Gives out the next version number of this name. No number is given twice; one that is not used
   * then is left out.
   */
  public int reserveVersion(String name) throws IOException {
    // newest grows without rule_numbers while collectors of an earlier version push rules
    return database
        .query(
            "INSERT INTO rule_numbers (name, last) VALUES (?,"
                + " (SELECT coalesce(max(newest), 0) FROM rule_sets WHERE name = ?) + 1)"
                + " ON CONFLICT (name) DO UPDATE SET last = CASE WHEN excluded.last >"
                + " rule_numbers.last THEN excluded.last ELSE rule_numbers.last + 1 END"
                + " RETURNING last",
            row -> row.getInt(1),
            name,
            name)
        .get(0);
  }

  /**
   * Stores a version and puts it in use, unless a later one was stored meanwhile; the oldest
   * versions are deleted.
   */
  public void put(RuleSetRecord set) throws IOException {
    database.inTransaction(
        () -> {
          database.update(
              "INSERT INTO rule_sets (name, newest, removed) VALUES (?, ?, 0)"
                  + " ON CONFLICT (name) DO UPDATE SET newest = excluded.newest, removed = 0"
                  + " WHERE rule_sets.newest < excluded.newest",
              set.name(),
              set.version());
          database.update(
              "INSERT INTO rule_versions (name, version, record) VALUES (?, ?, ?)",
              set.name(),
              set.version(),
              Json.text(set));
          return database.update(
              "DELETE FROM rule_versions WHERE name = ? AND version <="
                  + " (SELECT newest FROM rule_sets WHERE name = ?) - ?",
              set.name(),
              set.name(),
              VERSIONS_KEPT);
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
