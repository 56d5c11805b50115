package whorl.collector.store.records;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Whether {@code whorl migrate} fills these records, has filled them, or has moved them elsewhere;
 * and the evidence that it has carried here. A collector does not start with records that are
 * incomplete or have moved, so nothing half is ever shown, and no custody log goes on at two
 * places. Thread-safe.
 */
public final class MoveLedger {
  /** The name of the lease that a running move has of a database. */
  public static final String LEASE = "migrate";

  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
  private static final String THE_ROW = " WHERE one = 1";

  private final Database database;

  public MoveLedger(Database database) {
    this.database = database;
  }

  /** The states of records. */
  public enum State {
    /** A move began, and did not end. */
    FILLING,
    /** A move ended, and no collector has started since. */
    FILLED,
    /** A collector has started since the move. */
    USED,
    /** All of it has moved elsewhere. */
    MOVED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The move of these records.
   *
   * @param other where they come from, or have gone
   * @param log the digest of the first line of the custody log; empty for an empty log
   * @param at when the state began, by the database's clock
   */
  public record Move(State state, String other, String log, Instant at) {}

  /** The move; null if there never was one. */
  public @Nullable Move find() throws IOException {
    List<Move> moves =
        database.query(
            "SELECT state, other, log, at_millis FROM moves",
            row ->
                new Move(
                    State.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                    row.getString(2),
                    row.getString(3),
                    Instant.ofEpochMilli(row.getLong(4))));
    return moves.isEmpty() ? null : moves.get(0);
  }

  /** Sets the state. */
  public void set(State state, String other, String log) throws IOException {
    database.update(
        "INSERT INTO moves (one, state, other, log, at_millis) VALUES (1, ?, ?, ?, "
            + database.nowMillis()
            + ") ON CONFLICT (one) DO UPDATE SET state = excluded.state, other = excluded.other,"
            + " log = excluded.log, at_millis = excluded.at_millis",
        state.word(),
        other,
        log);
  }

  /**
   * Refuses a collector that starts with these records while they are incomplete, or have moved.
   *
   * @param name of the records, for messages
   * @throws IOException with the remedy
   */
  public void admit(String name) throws IOException {
    Move move = find();
    if (move != null && move.state() == State.FILLING) {
      throw new IOException(
          name
              + " is incomplete: whorl migrate began to fill it from "
              + move.other()
              + " on "
              + move.at()
              + " and did not end; run the same whorl migrate again, it goes on where it stopped");
    }
    if (move != null && move.state() == State.MOVED) {
      throw new IOException(
          name
              + " has moved to "
              + move.other()
              + " on "
              + move.at()
              + "; start the collector there. Two collectors that go on from the same custody log"
              + " would contradict each other. If the move is given up, and no collector has run"
              + " there: DELETE FROM moves");
    }
  }

  /** A collector is about to change the records: from now on nothing fills them. */
  public void use() throws IOException {
    Move move = find();
    if (move != null && move.state() == State.FILLED) {
      database.inTransaction(
          () -> {
            database.update("DELETE FROM moved_evidence");
            return database.update(
                "UPDATE moves SET state = ?, at_millis = " + database.nowMillis() + THE_ROW,
                State.USED.word());
          });
    }
  }

  /**
   * Evidence that was carried here.
   *
   * @param record the digest of its record
   * @param problems what is wrong with it; empty if nothing is
   */
  public record Carried(Digest record, long bytes, List<String> problems) {
    public Carried {
      problems = List.copyOf(problems);
    }
  }

  /** All evidence that was carried here. */
  public Map<Id, Carried> carried() throws IOException {
    Map<Id, Carried> carried = new HashMap<>();
    forEach(entry -> carried.put(entry.getKey(), entry.getValue()));
    return carried;
  }

  private void forEach(Consumer<Map.Entry<Id, Carried>> consumer) throws IOException {
    String after = "";
    List<Map.Entry<Id, Carried>> page = new ArrayList<>();
    do {
      page =
          database.query(
              "SELECT evidence, record, bytes, problems FROM moved_evidence WHERE evidence > ?"
                  + " ORDER BY evidence LIMIT 1000",
              row ->
                  Map.entry(
                      new Id(row.getString(1)),
                      new Carried(
                          new Digest(row.getString(2)),
                          row.getLong(3),
                          Json.MAPPER.readValue(row.getString(4), TEXTS))),
              after);
      page.forEach(consumer);
      after = page.isEmpty() ? after : page.get(page.size() - 1).getKey().value();
    } while (!page.isEmpty());
  }

  /** Records that this evidence was carried here, and read back. */
  public void add(Id evidence, Carried carried) throws IOException {
    database.update(
        "INSERT INTO moved_evidence (evidence, record, bytes, problems) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (evidence) DO UPDATE SET record = excluded.record,"
            + " bytes = excluded.bytes, problems = excluded.problems",
        evidence.value(),
        carried.record().hex(),
        carried.bytes(),
        Json.text(carried.problems()));
  }

  /** Forgets evidence that is not there any more. */
  public void remove(Id evidence) throws IOException {
    database.update("DELETE FROM moved_evidence WHERE evidence = ?", evidence.value());
  }
}
