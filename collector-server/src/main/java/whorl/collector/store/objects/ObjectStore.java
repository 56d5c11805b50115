package whorl.collector.store.objects;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable bytes by key: in a folder, or in a bucket of an S3-compatible object store. All
 * collectors of one deployment share it. An object is durable, and every collector can read it,
 * when the call that writes it returns. Thread-safe.
 *
 * <p>A key has segments of the characters {@code a-z A-Z 0-9 . _ -}, separated by {@code /}. None
 * begins with a dot, and no key is another one's folder ({@link ObjectKeys}). A key names an object
 * for good: what is written twice under one key is the same bytes, or the caller's records say
 * which of them is meant.
 *
 * <p>Every method throws {@link IOException} if the store cannot be reached or refuses; nothing was
 * acknowledged then, and the same call may be repeated.
 */
public interface ObjectStore extends AutoCloseable {
  /** The largest number of objects in a page of {@link #list}. */
  int PAGE_MAX = 1_000;

  /** The largest number of parts of one object. */
  int PARTS_MAX = 10_000;

  /**
   * Writes an object; replaces one that has this key.
   *
   * @param content complete, and not written to any more
   */
  void put(String key, Path content) throws IOException;

  /** Writes a small object; replaces one that has this key. */
  void put(String key, byte[] content) throws IOException;

  /**
   * Writes an object unless the key exists.
   *
   * @return false if it exists; where the store does not honour conditions (see {@link
   *     #capabilities}), two writers at the same moment may both get true
   */
  boolean putIfAbsent(String key, Path content) throws IOException;

  /** Facts about an object; null if there is none with this key. */
  @Nullable ObjectFacts find(String key) throws IOException;

  /**
   * Opens an object from an offset.
   *
   * @throws java.nio.file.NoSuchFileException if there is none with this key
   */
  InputStream read(String key, long offset) throws IOException;

  /**
   * Reads a small object.
   *
   * @param maxBytes what an object has beyond them is left out
   * @return null if there is none with this key
   */
  default byte @Nullable [] readSmall(String key, int maxBytes) throws IOException {
    try (InputStream in = read(key, 0)) {
      return in.readNBytes(maxBytes);
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  /** Copies an object within the store. */
  void copy(String from, String to) throws IOException;

  /**
   * Copies an object whose size in bytes the caller knows, so that the store is not asked for it.
   */
  default void copy(String from, String to, long size) throws IOException {
    copy(from, to);
  }

  /**
   * Deletes an object; a missing one is no error.
   *
   * @throws ObjectLockedException if a lock keeps it
   */
  void delete(String key) throws IOException;

  /**
   * One page of the objects whose keys begin with {@code prefix}, in the order of their keys.
   *
   * @param after the last key of the previous page; empty for the first page
   * @param limit 1 to {@link #PAGE_MAX}; fewer objects mean that this is the last page
   */
  List<ObjectFacts> list(String prefix, String after, int limit) throws IOException;

  /**
   * An object's facts.
   *
   * @param size in bytes
   * @param writtenAt by the store's clock
   */
  record ObjectFacts(String key, long size, Instant writtenAt) {}

  /**
   * Begins an object that arrives in parts. Nothing is at the key before {@link #completeParts}.
   *
   * @return the id of this parted upload, for any collector
   */
  String beginParts(String key) throws IOException;

  /**
   * Writes one part; every part but the last must have {@link #minPartBytes} or more.
   *
   * @param number 1 to 10,000; a part that is written again replaces the earlier one
   * @return the part's tag, which {@link #completeParts} needs
   */
  String putPart(String key, String uploadId, int number, Path content) throws IOException;

  /**
   * Writes one part with bytes of an object. This one reads and sends them; a store that can copy
   * them itself does that.
   *
   * @param number as for {@link #putPart}
   * @param length at most 256 MiB
   * @return the part's tag
   * @throws java.nio.file.NoSuchFileException if there is no such object
   */
  default String copyPart(
      String key, String uploadId, int number, String from, long offset, long length)
      throws IOException {
    Path copy = Files.createTempFile("whorl-part-", ".tmp");
    try {
      try (InputStream in = read(from, offset);
          OutputStream out = Files.newOutputStream(copy)) {
        byte[] buffer = new byte[64 << 10];
        long left = length;
        while (left > 0) {
          int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
          if (count < 0) {
            throw new EOFException(from + " ends " + left + " bytes before the part");
          }
          out.write(buffer, 0, count);
          left -= count;
        }
      }
      return putPart(key, uploadId, number, copy);
    } finally {
      Files.delete(copy);
    }
  }

  /**
   * Makes one object of the parts.
   *
   * @param tags of the parts 1, 2, 3 …
   * @throws java.nio.file.NoSuchFileException if there is no such parted upload, for instance
   *     because it was completed: then {@link #find} finds the object
   * @throws PartsChangedException if a part was written again since, and the store keeps one only
   */
  void completeParts(String key, String uploadId, List<String> tags) throws IOException;

  /** Deletes the parts; an unknown upload is no error. */
  void abortParts(String key, String uploadId) throws IOException;

  /** The least number of bytes of every part but the last. */
  long minPartBytes();

  /**
   * Keeps an object from being deleted before a time, where {@link Capabilities#lock} is true;
   * otherwise does nothing. A lock can be made longer, never shorter.
   */
  void lockUntil(String key, Instant until) throws IOException;

  /** Keeps an object until the hold is taken off again, where {@link Capabilities#lock} is true. */
  void hold(String key, boolean held) throws IOException;

  /**
   * Asks whether the store answers; call it every few seconds, on one thread. A store that does not
   * may let other calls fail at once until it answers here again.
   *
   * @throws IOException if it does not
   */
  default void check() throws IOException {
    find("probe/readiness");
  }

  /** What the store was found to honour when it was opened. */
  Capabilities capabilities();

  /**
   * What a store honours, found by trying.
   *
   * @param conditionalPut {@link #putIfAbsent} was atomic each time it was tried
   * @param lock locks and holds keep objects, even from these credentials
   * @param lacking one sentence for each capability that is missing, with its consequence
   */
  record Capabilities(boolean conditionalPut, boolean lock, List<String> lacking) {}

  @Override
  void close();
}
