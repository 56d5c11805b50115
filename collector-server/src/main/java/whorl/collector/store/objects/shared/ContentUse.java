package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import whorl.collector.store.database.Database;
import whorl.collector.store.outage.Outage;
import whorl.evidence.Digest;

/**
 * Which content is in use and which is being deleted, by any collector: rows of {@code
 * content_use}. A digest is in one of these states at a time, because both are in its only row:
 *
 * <ul>
 *   <li>pinned, by a number of pins, until a time by the database's clock; pins of a collector that
 *       died end with that time
 *   <li>being deleted by one collector, since a time; after {@link #STALE}, that collector is taken
 *       to be dead, and content may be pinned and written again
 * </ul>
 *
 * Thread-safe.
 */
final class ContentUse {
  /** How long a pin holds unless it is renewed. */
  static final Duration PIN = Duration.ofHours(1);

  /**
   * Longer than a deletion can be on its way: S3 refuses requests that are older than 15 minutes,
   * such as those that a broken network delivers late.
   */
  static final Duration STALE = Duration.ofMinutes(20);

  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 100;

  private final Database database;
  private final String now;

  ContentUse(Database database) {
    this.database = database;
    this.now = database.nowMillis();
  }

  /**
   * Pins content. Waits for deletions under way.
   *
   * @throws IOException also if a deletion takes too long
   */
  void pin(Collection<Digest> content) throws IOException {
    long end = System.nanoTime() + WAIT.toNanos();
    while (!tryPin(content)) {
      if (System.nanoTime() > end) {
        throw new StillBeingDeleted(
            "content is just being deleted by another collector, for more than "
                + WAIT.toSeconds()
                + " s; it is tried again later");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while content was pinned", e);
      }
    }
  }

  /** A collector may have died in the middle; agents wait. */
  private static final class StillBeingDeleted extends IOException implements Outage {
    private static final long serialVersionUID = 1;

    StillBeingDeleted(String message) {
      super(message);
    }

    @Override
    public String unusable() {
      return "content that another collector is deleting";
    }
  }

  private static final class BeingDeleted extends IOException {
    private static final long serialVersionUID = 1;
  }

  private boolean tryPin(Collection<Digest> content) throws IOException {
    if (content.size() <= 1) {
      return content.isEmpty() || pinned(Statements.chunks(content).get(0)) > 0;
    }
    try {
      return database.inTransaction(
          () -> {
            for (List<String> chunk : Statements.chunks(content)) {
              if (pinned(chunk) < chunk.size()) {
                throw new BeingDeleted(); // which undoes the other pins
              }
            }
            return true;
          });
    } catch (BeingDeleted wait) {
      return false;
    }
  }

  private int pinned(List<String> chunk) throws IOException {
    String until = now + " + " + PIN.toMillis();
    return database.update(
        "INSERT INTO content_use (sha256, pins, pinned_until, removed_by, removed_since) VALUES "
            + Statements.rows("(?, 1, " + until + ", '', 0)", chunk.size())
            + " ON CONFLICT (sha256) DO UPDATE SET"
            + " pins = CASE WHEN content_use.pinned_until < "
            + now
            + " THEN 1 ELSE content_use.pins + 1 END,"
            + " pinned_until = excluded.pinned_until, removed_by = '', removed_since = 0"
            + " WHERE content_use.removed_by = '' OR content_use.removed_since < "
            + now
            + " - "
            + STALE.toMillis(),
        chunk.toArray());
  }

  /**
   * Locks rows in the order of their digests, as inserting does. Each change of several rows begins
   * so; otherwise two collectors could each wait for a row of the other.
   */
  private void lock(Collection<Digest> content) throws IOException {
    if (database.forUpdate().isEmpty()) {
      return; // SQLite has one writer
    }
    for (List<String> chunk : Statements.chunks(content)) {
      List<Integer> unused =
          database.query(
              "SELECT 1 FROM content_use WHERE sha256 IN "
                  + Statements.marks(chunk.size())
                  + " ORDER BY sha256"
                  + database.forUpdate(),
              row -> 1,
              chunk.toArray());
    }
  }

  /** Makes pins hold for another {@link #PIN}. */
  void renew(Collection<Digest> content) throws IOException {
    boolean unused =
        database.inTransaction(
            () -> {
              lock(content);
              for (List<String> chunk : Statements.chunks(content)) {
                renewChunk(chunk);
              }
              return true;
            });
  }

  private void renewChunk(List<String> chunk) throws IOException {
    database.update(
        "UPDATE content_use SET pinned_until = "
            + now
            + " + "
            + PIN.toMillis()
            + " WHERE removed_by = '' AND sha256 IN "
            + Statements.marks(chunk.size()),
        chunk.toArray());
  }

  /**
   * Takes pins off.
   *
   * @param counts how many off each; not more than this collector has
   */
  void release(Map<Digest, Integer> counts) throws IOException {
    Map<Integer, List<Digest>> byCount = new TreeMap<>();
    counts.forEach(
        (digest, count) -> byCount.computeIfAbsent(count, none -> new ArrayList<>()).add(digest));
    database.inTransaction(
        () -> {
          lock(counts.keySet());
          for (Map.Entry<Integer, List<Digest>> each : byCount.entrySet()) {
            release(each.getValue(), each.getKey());
          }
          return true;
        });
  }

  private void release(List<Digest> content, int count) throws IOException {
    for (List<String> chunk : Statements.chunks(content)) {
      String among = " AND sha256 IN " + Statements.marks(chunk.size());
      database.update(
          "DELETE FROM content_use WHERE pins <= " + count + " AND removed_by = ''" + among,
          chunk.toArray());
      database.update(
          "UPDATE content_use SET pins = pins - " + count + " WHERE pins > " + count + among,
          chunk.toArray());
    }
  }

  /** Deletes the rows of pins whose time is over. */
  void forgetExpired() throws IOException {
    database.update("DELETE FROM content_use WHERE removed_by = '' AND pinned_until < " + now);
  }

  /**
   * What may be deleted now.
   *
   * @param by the name of this deletion
   * @param content that is neither pinned nor referred to
   * @param busy content that is pinned, or being deleted by another collector
   */
  record Deletion(String by, Set<Digest> content, Set<Digest> busy) {}

  /** Takes content for deletion, as far as no record refers to it and nobody uses it. */
  Deletion begin(Collection<Digest> content) throws IOException {
    String by = UUID.randomUUID().toString();
    return database.inTransaction(
        () -> {
          Set<Digest> free = new HashSet<>();
          Set<Digest> busy = new HashSet<>(content);
          for (List<String> chunk : Statements.chunks(content)) {
            Set<Digest> marked = mark(chunk, by);
            busy.removeAll(marked);
            Set<Digest> referred = referred(marked);
            marked.removeAll(referred);
            end(by, referred);
            free.addAll(marked);
          }
          return new Deletion(by, free, busy);
        });
  }

  private Set<Digest> mark(List<String> chunk, String by) throws IOException {
    List<Object> arguments = new ArrayList<>();
    for (String each : chunk) {
      arguments.add(each);
      arguments.add(by);
    }
    database.update(
        "INSERT INTO content_use (sha256, pins, pinned_until, removed_by, removed_since) VALUES "
            + Statements.rows("(?, 0, 0, ?, " + now + ")", chunk.size())
            + " ON CONFLICT (sha256) DO UPDATE SET pins = 0, pinned_until = 0,"
            + " removed_by = excluded.removed_by, removed_since = excluded.removed_since"
            + " WHERE (content_use.pins = 0 OR content_use.pinned_until < "
            + now
            + ") AND (content_use.removed_by = '' OR content_use.removed_since < "
            + now
            + " - "
            + STALE.toMillis()
            + ")",
        arguments.toArray());
    List<Object> wanted = new ArrayList<>(chunk);
    wanted.add(0, by);
    return new HashSet<>(
        database.query(
            "SELECT sha256 FROM content_use WHERE removed_by = ? AND sha256 IN "
                + Statements.marks(chunk.size()),
            row -> new Digest(row.getString(1)),
            wanted.toArray()));
  }

  /** Content that records refer to, or complete uploads that are not sealed yet. */
  private Set<Digest> referred(Set<Digest> content) throws IOException {
    Set<Digest> referred = new HashSet<>();
    for (List<String> chunk : Statements.chunks(content)) {
      for (String table : List.of("content_references", "uploads")) {
        referred.addAll(
            database.query(
                "SELECT DISTINCT sha256 FROM "
                    + table
                    + " WHERE sha256 IN "
                    + Statements.marks(chunk.size()),
                row -> new Digest(row.getString(1)),
                chunk.toArray()));
      }
    }
    return referred;
  }

  /** Ends the deletion of this content: it is gone, or stays. */
  void end(String by, Collection<Digest> content) throws IOException {
    for (List<String> chunk : Statements.chunks(content)) {
      List<Object> arguments = new ArrayList<>(chunk);
      arguments.add(0, by);
      database.update(
          "DELETE FROM content_use WHERE removed_by = ? AND sha256 IN "
              + Statements.marks(chunk.size()),
          arguments.toArray());
    }
  }
}
