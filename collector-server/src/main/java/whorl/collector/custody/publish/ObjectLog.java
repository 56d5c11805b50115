package whorl.collector.custody.publish;

import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.objects.ObjectStore;

/**
 * The tree that collectors share: objects with the keys {@code custody/tile/…}, {@code
 * custody/checkpoint} and {@code custody/stamps/…}, which are a whole tlog-tiles log.
 *
 * <p>Which checkpoint is the last, a row decides: a publisher whose lease has ended cannot replace
 * a later checkpoint there. The object may be an earlier one for a moment; the next checkpoint
 * replaces it. Thread-safe.
 */
public final class ObjectLog implements PublishedLog {
  private static final String PREFIX = "custody/";
  private static final String CHECKPOINT = PREFIX + "checkpoint";
  private static final int CHECKPOINT_MAX_BYTES = 1 << 20;
  private static final int TILE_MAX_BYTES = 20 << 20;
  private static final int PUTS_MAX = 5;

  private final ObjectStore objects;
  private final Database database;
  private final InstantSource clock;

  /** The checkpoint that this collector put last. */
  private byte @Nullable [] put;

  public ObjectLog(ObjectStore objects, Database database, InstantSource clock) {
    this.objects = objects;
    this.database = database;
    this.clock = clock;
  }

  @Override
  public @Nullable SignedCheckpoint checkpoint() throws IOException {
    List<SignedCheckpoint> last =
        database.query(
            "SELECT checkpoint FROM custody_published WHERE id = 1", row -> parsed(row, 1));
    return last.isEmpty() ? null : last.get(0);
  }

  @Override
  public byte @Nullable [] shown() throws IOException {
    return objects.readSmall(CHECKPOINT, CHECKPOINT_MAX_BYTES);
  }

  @Override
  public byte[] read(TilePath path) throws IOException {
    try (InputStream in = objects.read(PREFIX + path.path(), 0)) {
      byte[] content = in.readNBytes(TILE_MAX_BYTES + 1);
      if (content.length > TILE_MAX_BYTES) {
        throw new IOException(PREFIX + path.path() + " is no tile: it is too long");
      }
      return content;
    }
  }

  @Override
  public void write(TilePath path, byte[] content) throws IOException {
    objects.put(PREFIX + path.path(), content);
  }

  @Override
  public void delete(TilePath path) throws IOException {
    objects.delete(PREFIX + path.path());
  }

  @Override
  public boolean keepsEntries() {
    return true;
  }

  @Override
  public boolean publish(SignedCheckpoint checkpoint, long fence, boolean rebuilt)
      throws IOException {
    String now = clock.instant().toString();
    int changed =
        database.update(
            "INSERT INTO custody_published (id, size, fence, checkpoint, at)"
                + " VALUES (1, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET size = excluded.size,"
                + " fence = excluded.fence, checkpoint = excluded.checkpoint, at = excluded.at"
                + " WHERE custody_published.fence <= excluded.fence"
                + (rebuilt ? "" : " AND custody_published.size <= excluded.size"),
            checkpoint.size(),
            fence,
            checkpoint.bytes(),
            now);
    if (changed == 0) {
      return false;
    }
    putLast();
    return true;
  }

  /**
   * Puts the last checkpoint, again if another one has come meanwhile: a publisher that stood still
   * must not leave an earlier one there, whose tiles may be gone.
   */
  private void putLast() throws IOException {
    SignedCheckpoint last = checkpoint();
    for (int i = 0; i < PUTS_MAX && last != null && !isPut(last); i++) {
      objects.put(CHECKPOINT, last.bytes());
      put = last.bytes();
      last = checkpoint();
    }
  }

  private boolean isPut(SignedCheckpoint checkpoint) {
    return Arrays.equals(put, checkpoint.bytes());
  }

  @Override
  public void confirm(SignedCheckpoint last) throws IOException {
    if (!isPut(last)) {
      putLast();
    }
  }

  @Override
  public void stamp(Stamped stamped) throws IOException {
    long size = stamped.checkpoint().size();
    String key = PREFIX + "stamps/" + String.format(Locale.ROOT, "%018d", size);
    objects.put(key + FolderLog.CHECKPOINT, stamped.checkpoint().bytes());
    objects.put(key + FolderLog.RESPONSE, stamped.response());
    database.update(
        "INSERT INTO custody_stamps (size, at, checkpoint, response) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (size) DO NOTHING",
        size,
        clock.instant().toString(),
        stamped.checkpoint().bytes(),
        stamped.response());
  }

  @Override
  public @Nullable Stamped stamped(long size) throws IOException {
    List<Stamped> stamped =
        database.query(
            "SELECT checkpoint, response FROM custody_stamps WHERE size >= ? ORDER BY size LIMIT 1",
            row -> new Stamped(parsed(row, 1), row.getBytes(2)),
            size);
    return stamped.isEmpty() ? null : stamped.get(0);
  }

  @Override
  public List<Long> stampedSizes(int limit) throws IOException {
    return database.query(
        "SELECT size FROM custody_stamps ORDER BY size DESC LIMIT ?", row -> row.getLong(1), limit);
  }

  private static SignedCheckpoint parsed(ResultRow row, int column)
      throws SQLException, IOException {
    try {
      return SignedCheckpoint.parse(row.getBytes(column));
    } catch (IllegalArgumentException e) {
      throw new IOException("a checkpoint of custody in the database is damaged", e);
    }
  }
}
