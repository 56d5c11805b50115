package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.outage.Outage;

/**
 * The id that an object store and its records both keep. It prevents that evidence is written to
 * another store, such as the empty folder below a mount that is missing or another prefix of a
 * bucket, and that all evidence then seems to be lost.
 */
public final class StoreIdentity {
  static final String KEY = "store.id";

  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final int MAX_BYTES = 64;

  private final ObjectStore objects;
  private final Database database;
  private final String name;

  /**
   * @param name of the object store, for messages
   */
  public StoreIdentity(ObjectStore objects, Database database, String name) {
    this.objects = objects;
    this.database = database;
    this.name = name;
  }

  /** The object store does not have the records' id; it may not be mounted yet. */
  private static final class Absent extends IOException implements Outage {
    private static final long serialVersionUID = 1L;

    Absent(String message) {
      super(message);
    }

    @Override
    public String unusable() {
      return "the object store";
    }
  }

  /**
   * Makes the id at the first start, and compares it at each later one.
   *
   * @throws IOException with the remedy, if it is another one; an {@link Outage} if there is none
   */
  public void check() throws IOException {
    String found = ofObjects();
    Known known = ofRecords(found);
    if (!known.written && found == null) {
      objects.put(KEY, known.id.getBytes(StandardCharsets.US_ASCII)); // the same by each collector
      found = ofObjects();
    }
    if (known.id.equals(found)) {
      database.update("UPDATE object_store SET written = 1 WHERE written = 0");
      return;
    }
    if (found == null) {
      throw new Absent(
          name
              + " is not the object store of these records: it has no object "
              + KEY
              + ". Mount it, or correct --objects. If its content is lost and this one takes its"
              + " place, write "
              + known.id
              + " into that object");
    }
    throw new IOException(
        name
            + " is the object store of other records: its object "
            + KEY
            + " has "
            + found
            + ", and these records belong to "
            + known.id
            + "; correct --objects or --records");
  }

  /**
   * @param written true once the object store was seen to have it
   */
  private record Known(String id, boolean written) {}

  /** The id of the records; at the first start the one that was found, or else a new one. */
  private Known ofRecords(@Nullable String found) throws IOException {
    database.update(
        "INSERT INTO object_store (one, id, written) VALUES (1, ?, 0) ON CONFLICT (one) DO NOTHING",
        found == null ? UUID.randomUUID().toString() : found);
    List<Known> known =
        database.query(
            "SELECT id, written FROM object_store",
            row -> new Known(row.getString(1), row.getInt(2) == 1));
    return known.get(0);
  }

  private @Nullable String ofObjects() throws IOException {
    byte[] found = objects.readSmall(KEY, MAX_BYTES);
    if (found == null) {
      return null;
    }
    String id = new String(found, StandardCharsets.US_ASCII).strip();
    if (!ID.matcher(id).matches()) {
      throw new IOException(name + ": the object " + KEY + " is not an id; restore it");
    }
    return id;
  }
}
