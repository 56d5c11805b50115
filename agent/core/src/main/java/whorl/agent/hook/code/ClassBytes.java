package whorl.agent.hook.code;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * Class files, compressed, each content once, within a budget. The entries in the first half of the
 * budget are never evicted, so that an attacker cannot push out early classes by defining more; the
 * other half keeps the newest. Not thread-safe.
 */
final class ClassBytes {
  /**
   * What a class takes in addition to its bytes: its entry and texts, and each frame of its stack.
   */
  private static final int ENTRY_BYTES = 400;

  private static final int FRAME_BYTES = 64;

  private final int maxEntries;
  private final long maxBytes;
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
  private final List<Entry> first = new ArrayList<>();
  private final Deque<Entry> newest = new ArrayDeque<>();
  private final Map<Digest, Packed> contents = new HashMap<>();
  private long keptBytes;
  private long dropped;
  private long contentsDropped;

  /** A class, and whether it uses a stored content. */
  private record Entry(GeneratedClass generated, boolean hasBytes) {}

  /** One content, deflated; kept while at least one of its {@code users} remains. */
  private static final class Packed {
    final byte[] deflated;
    int users;

    Packed(byte[] deflated) {
      this.deflated = deflated;
    }
  }

  /**
   * @param maxBytes limit for compressed contents and entries
   */
  ClassBytes(int maxEntries, long maxBytes) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a class.
   *
   * @param bytes null if they were too many to be passed on: only the class is noted
   */
  void add(GeneratedClass generated, byte @Nullable [] bytes) {
    if (bytes != null) {
      Packed packed = contents.get(generated.sha256());
      if (packed == null) {
        packed = new Packed(deflate(bytes));
        contents.put(generated.sha256(), packed);
        keptBytes += packed.deflated.length;
      }
      packed.users++;
    }
    keptBytes += entryBytes(generated);
    Entry entry = new Entry(generated, bytes != null);
    if (newest.isEmpty() && first.size() < maxEntries / 2 && keptBytes <= maxBytes / 2) {
      first.add(entry);
      return;
    }
    newest.addLast(entry);
    while (!newest.isEmpty()
        && (first.size() + newest.size() > maxEntries || keptBytes > maxBytes)) {
      evict(newest.removeFirst());
    }
  }

  /** All noted classes; the newest are last. */
  List<GeneratedClass> entries() {
    List<GeneratedClass> all = new ArrayList<>(first.size() + newest.size());
    first.forEach(entry -> all.add(entry.generated()));
    newest.forEach(entry -> all.add(entry.generated()));
    return all;
  }

  /** The content, deflated; null if it is not kept. */
  byte @Nullable [] deflated(Digest sha256) {
    Packed packed = contents.get(sha256);
    return packed == null ? null : packed.deflated;
  }

  /** The bytes kept now, with contents compressed. */
  long keptBytes() {
    return keptBytes;
  }

  /** Classes that were evicted together with their bytes. */
  long contentsDropped() {
    return contentsDropped;
  }

  /** Classes that were evicted. */
  long dropped() {
    return dropped;
  }

  private void evict(Entry evicted) {
    GeneratedClass generated = evicted.generated();
    dropped++;
    keptBytes -= entryBytes(generated);
    if (!evicted.hasBytes()) {
      return;
    }
    contentsDropped++;
    Packed packed = contents.get(generated.sha256());
    if (packed != null && --packed.users == 0) {
      contents.remove(generated.sha256());
      keptBytes -= packed.deflated.length;
    }
  }

  /** The approximate size of a class in addition to its bytes. */
  static int entryBytes(GeneratedClass generated) {
    return ENTRY_BYTES
        + 2 * generated.className().length()
        + FRAME_BYTES * generated.stack().size();
  }

  private byte[] deflate(byte[] bytes) {
    deflater.reset();
    deflater.setInput(bytes);
    deflater.finish();
    byte[] buffer = new byte[bytes.length + 64 + bytes.length / 1000];
    int length = 0;
    while (!deflater.finished()) {
      if (length == buffer.length) {
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
      }
      length += deflater.deflate(buffer, length, buffer.length - length);
    }
    return Arrays.copyOf(buffer, length);
  }
}
