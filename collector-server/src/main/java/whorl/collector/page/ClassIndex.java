package whorl.collector.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.Lines;

/**
 * Which lines of {@code classes.ndjson} are worth a look, the worst findings first: those of
 * classes that something is wrong with, or that were made at run time. It keeps where they are, not
 * what they say.
 *
 * @param entries in the order of the list
 * @param skipped lines that may belong here and could not be read
 * @param cut whether there was more than is looked at
 */
record ClassIndex(List<Entry> entries, long skipped, boolean cut) {
  /** After four ranks of findings and {@link #RANK_UNLISTED}. */
  static final int RANK_KEPT = 5;

  /** Class files of no line: their class was gone when the classes were listed. */
  static final int RANK_UNLISTED = 4;

  private static final long READ_MAX_BYTES = 256L << 20;
  private static final int LINE_MAX_BYTES = 1 << 20;
  private static final int ENTRIES_MAX = 100_000;

  /** Every line that belongs here has one of these fields. */
  private static final List<String> TELLING =
      List.of("\"findings\"", "\"sha256\"", "\"origin\"", "\"keptBytes\"");

  /**
   * One class.
   *
   * @param unlisted the digest of a class file that no line tells of; null for a line's
   */
  record Entry(int rank, long offset, int length, @Nullable String unlisted) {}

  /**
   * Reads it once, which takes as long as that.
   *
   * @param lines null where there is no such artifact
   * @param kept digests of all class files of this evidence
   */
  static ClassIndex read(@Nullable Path lines, Set<String> kept) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Set<String> unlisted = new HashSet<>(kept);
    long skipped = 0;
    boolean cut = false;
    if (lines != null) {
      try (Lines reader = new Lines(Files.newInputStream(lines), LINE_MAX_BYTES)) {
        long start = 0;
        for (byte[] line = reader.next(); line != null && !cut; line = reader.next()) {
          if (reader.cut() || mayBelong(line)) {
            ClassLine parsed = reader.cut() ? null : ClassLine.parse(line);
            if (parsed == null) {
              skipped++;
            } else if (parsed.rank() >= 0) {
              entries.add(new Entry(parsed.rank(), start, line.length, null));
              forget(unlisted, parsed);
            }
          }
          start = reader.offset();
          cut = start > READ_MAX_BYTES || entries.size() >= ENTRIES_MAX;
        }
      }
    }
    unlisted.stream()
        .sorted()
        .forEach(digest -> entries.add(new Entry(RANK_UNLISTED, 0, 0, digest)));
    entries.sort(Comparator.comparingInt(Entry::rank).thenComparingLong(Entry::offset));
    return new ClassIndex(List.copyOf(entries), skipped, cut);
  }

  /** The line of an entry. */
  static byte[] line(FileChannel lines, Entry entry) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(entry.length);
    while (buffer.hasRemaining()) {
      if (lines.read(buffer, entry.offset + buffer.position()) < 0) {
        throw new IOException("classes.ndjson has become shorter");
      }
    }
    return buffer.array();
  }

  /** Without reading it as JSON, which takes longer than all else. */
  private static boolean mayBelong(byte[] line) {
    String text = new String(line, StandardCharsets.ISO_8859_1);
    return TELLING.stream().anyMatch(text::contains);
  }

  private static void forget(Set<String> unlisted, ClassLine line) {
    if (line.sha256() != null) {
      unlisted.remove(line.sha256());
    }
    if (line.keptBytes() != null) {
      line.keptBytes().forEach(unlisted::remove);
    }
  }
}
