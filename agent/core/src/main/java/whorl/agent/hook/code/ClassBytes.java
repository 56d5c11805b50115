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
 * Class files, compressed and each content once, within a budget. The first half of the budget is
 * never given up, so that nobody can wash out what they brought by bringing more; in the other half
 * the newest stay. Not thread-safe.
 */
final class ClassBytes {
  /** What a class takes beside its bytes: its entry and texts, and each frame of its stack. */
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

  /** A class, and whether it is one of the users of its content. */
  private record Entry(GeneratedClass made, boolean hasBytes) {}

  /** One content: deflated, as long as {@code users} entries want it. */
  private static final class Packed {
    final byte[] deflated;
    int users;

    Packed(byte[] deflated) {
      this.deflated = deflated;
    }
  }

  /**
   * @param maxBytes of compressed content and entries
   */
  ClassBytes(int maxEntries, long maxBytes) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  /**
   * One more class.
   *
   * @param bytes null when they were too many to be handed over: the class alone is noted
   */
  void add(GeneratedClass made, byte @Nullable [] bytes) {
    if (bytes != null) {
      Packed packed = contents.get(made.sha256());
      if (packed == null) {
        packed = new Packed(deflate(bytes));
        contents.put(made.sha256(), packed);
        keptBytes += packed.deflated.length;
      }
      packed.users++;
    }
    keptBytes += entryBytes(made);
    Entry entry = new Entry(made, bytes != null);
    if (newest.isEmpty() && first.size() < maxEntries / 2 && keptBytes <= maxBytes / 2) {
      first.add(entry);
      return;
    }
    newest.addLast(entry);
    while (!newest.isEmpty()
        && (first.size() + newest.size() > maxEntries || keptBytes > maxBytes)) {
      letGo(newest.removeFirst());
    }
  }

  /** All classes noted, oldest first. */
  List<GeneratedClass> entries() {
    List<GeneratedClass> all = new ArrayList<>(first.size() + newest.size());
    first.forEach(entry -> all.add(entry.made()));
    newest.forEach(entry -> all.add(entry.made()));
    return all;
  }

  /** The content, deflated; null when it is not kept. */
  byte @Nullable [] deflated(Digest sha256) {
    Packed packed = contents.get(sha256);
    return packed == null ? null : packed.deflated;
  }

  /** Bytes that are kept now, contents compressed. */
  long keptBytes() {
    return keptBytes;
  }

  /** Classes that were let go, with their bytes. */
  long contentsDropped() {
    return contentsDropped;
  }

  /** Classes that were let go. */
  long dropped() {
    return dropped;
  }

  private void letGo(Entry gone) {
    GeneratedClass made = gone.made();
    dropped++;
    keptBytes -= entryBytes(made);
    if (!gone.hasBytes()) {
      return;
    }
    contentsDropped++;
    Packed packed = contents.get(made.sha256());
    if (packed != null && --packed.users == 0) {
      contents.remove(made.sha256());
      keptBytes -= packed.deflated.length;
    }
  }

  /** About how many bytes a class takes beside its own. */
  static int entryBytes(GeneratedClass made) {
    return ENTRY_BYTES + 2 * made.className().length() + FRAME_BYTES * made.stack().size();
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
