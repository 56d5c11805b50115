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
import whorl.collector.store.disk.Lines;

/**
 * An index of the interesting lines of {@code classes.ndjson}, worst findings first: classes with
 * findings, and classes generated at run time. It holds the positions of the lines and not their
 * content.
 *
 * @param entries in the order of the list
 * @param skipped candidate lines that could not be parsed
 * @param cut true if the list was too long to index completely
 */
record ClassIndex(List<Entry> entries, long skipped, boolean cut) {
  /** The rank after four ranks of findings and {@link #RANK_UNLISTED}. */
  static final int RANK_KEPT = 5;

  /**
   * The rank of class files without a line: their class was unloaded before the classes were
   * listed.
   */
  static final int RANK_UNLISTED = 4;

  private static final long MAX_READ_BYTES = 256L << 20;
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final int MAX_ENTRIES = 100_000;

  /** Every interesting line has one of these fields. */
  private static final List<String> MARKER_FIELDS =
      List.of("\"findings\"", "\"sha256\"", "\"origin\"", "\"keptBytes\"");

  /**
   * One class.
   *
   * @param unlisted the digest of a class file without a line; null for a line
   */
  record Entry(int rank, long offset, int length, @Nullable String unlisted) {}

  /**
   * Builds the index by reading the whole list once.
   *
   * @param lines the list; null when the artifact is absent
   * @param classFiles digests of all class files of this evidence
   */
  static ClassIndex read(@Nullable Path lines, Set<String> classFiles) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Set<String> unlisted = new HashSet<>(classFiles);
    long skipped = 0;
    boolean cut = false;
    if (lines != null) {
      try (Lines reader = new Lines(Files.newInputStream(lines), MAX_LINE_BYTES)) {
        long start = 0;
        for (byte[] line = reader.next(); line != null && !cut; line = reader.next()) {
          if (reader.cut() || isCandidate(line)) {
            ClassLine parsed = reader.cut() ? null : ClassLine.parse(line);
            if (parsed == null) {
              skipped++;
            } else if (parsed.rank() >= 0) {
              entries.add(new Entry(parsed.rank(), start, line.length, null));
              removeListed(unlisted, parsed);
            }
          }
          start = reader.offset();
          cut = start > MAX_READ_BYTES || entries.size() >= MAX_ENTRIES;
        }
      }
    }
    unlisted.stream()
        .sorted()
        .forEach(digest -> entries.add(new Entry(RANK_UNLISTED, 0, 0, digest)));
    entries.sort(Comparator.comparingInt(Entry::rank).thenComparingLong(Entry::offset));
    return new ClassIndex(List.copyOf(entries), skipped, cut);
  }

  /** Reads the line of an entry. */
  static byte[] line(FileChannel lines, Entry entry) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(entry.length);
    while (buffer.hasRemaining()) {
      if (lines.read(buffer, entry.offset + buffer.position()) < 0) {
        throw new IOException("classes.ndjson has become shorter");
      }
    }
    return buffer.array();
  }

  /**
   * True if the line may be interesting. Does not parse JSON, because that would dominate the time.
   */
  private static boolean isCandidate(byte[] line) {
    String text = new String(line, StandardCharsets.ISO_8859_1);
    return MARKER_FIELDS.stream().anyMatch(text::contains);
  }

  private static void removeListed(Set<String> unlisted, ClassLine line) {
    if (line.sha256() != null) {
      unlisted.remove(line.sha256());
    }
    if (line.keptBytes() != null) {
      line.keptBytes().forEach(unlisted::remove);
    }
  }
}
