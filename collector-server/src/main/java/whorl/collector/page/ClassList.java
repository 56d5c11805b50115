package whorl.collector.page;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.recent.RecentMap;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;

/** Returns pages of the classes of an evidence. Caches the last few indexes. Thread-safe. */
final class ClassList {
  private static final String LINES = "classes.ndjson";
  private static final int MAX_CACHED = 8;
  private static final int MAX_SCANNED = 20_000;
  private static final long MAX_SHOWN_BYTES = 4 << 20;

  /** Limit for the class files that are read for the names of classes. */
  private static final long MAX_READ_BYTES = 64 << 20;

  /**
   * A page.
   *
   * @param next cursor of the next page; null at the end. There may be more although this page is
   *     short or, with a filter, empty
   * @param total number of classes in the whole list, without the filter
   * @param skipped lines that could not be parsed
   * @param cut true if the list was too long to index completely
   */
  record View(
      List<ClassRow> classes, @Nullable String next, int total, long skipped, boolean cut) {}

  private final EvidenceLookup evidenceLookup;

  /** By the artifacts of the evidence: those of partial evidence change when its agent is back. */
  private final Map<List<StoredArtifact>, ClassIndex> cached = RecentMap.byUse(MAX_CACHED);

  ClassList(EvidenceLookup evidenceLookup) {
    this.evidenceLookup = evidenceLookup;
  }

  /**
   * @param from the position in the list
   * @param words shows only classes whose line contains this text, ignoring case; null for all
   */
  View page(EvidenceRecord record, int from, @Nullable String words, int limit) throws IOException {
    Map<String, StoredArtifact> classFiles = KeptClassFiles.of(record);
    try (OpenContents contents = evidenceLookup.contents()) {
      Path lines = lines(record, contents, classFiles.isEmpty());
      return page(record, lines, classFiles, from, words, limit);
    }
  }

  private View page(
      EvidenceRecord record,
      @Nullable Path lines,
      Map<String, StoredArtifact> classFiles,
      int from,
      @Nullable String words,
      int limit)
      throws IOException {
    ClassIndex index = index(record, lines, classFiles.keySet());
    List<ClassIndex.Entry> entries = index.entries();
    int scanEnd = (int) Math.min(entries.size(), (long) from + MAX_SCANNED);
    List<ClassRow> rows = new ArrayList<>();
    int at = from;
    try (Source source = new Source(record, lines, classFiles)) {
      long shownBytes = 0;
      while (at < scanEnd
          && rows.size() < limit
          && shownBytes < MAX_SHOWN_BYTES
          && source.readBytes < MAX_READ_BYTES) {
        ClassIndex.Entry entry = entries.get(at++);
        ClassRow row = source.row(entry, words);
        if (row != null) {
          rows.add(row);
          shownBytes += entry.length();
        }
      }
    }
    String next = at < entries.size() ? Integer.toString(at) : null;
    return new View(rows, next, entries.size(), index.skipped(), index.cut());
  }

  private @Nullable Path lines(EvidenceRecord record, OpenContents contents, boolean needed)
      throws IOException {
    StoredArtifact artifact = EvidenceLookup.find(record, LINES);
    if (artifact == null && needed) {
      artifact = evidenceLookup.artifact(record, LINES); // throws with the reason
    }
    return artifact == null ? null : evidenceLookup.file(record, artifact, contents);
  }

  private ClassIndex index(EvidenceRecord record, @Nullable Path lines, Set<String> classFiles)
      throws IOException {
    List<StoredArtifact> key = record.artifacts();
    synchronized (cached) {
      ClassIndex index = cached.get(key);
      if (index != null) {
        return index;
      }
    }
    ClassIndex read = ClassIndex.read(lines, classFiles);
    synchronized (cached) {
      cached.put(key, read);
    }
    return read;
  }

  /** Turns entries into rows. */
  private final class Source implements AutoCloseable {
    private final EvidenceRecord record;
    private final @Nullable FileChannel lines;
    private final Map<String, StoredArtifact> classFiles;
    private long readBytes;

    Source(EvidenceRecord record, @Nullable Path lines, Map<String, StoredArtifact> classFiles)
        throws IOException {
      this.record = record;
      this.lines = lines == null ? null : FileChannel.open(lines);
      this.classFiles = classFiles;
    }

    /** Returns the row; null when it does not contain the words. */
    @Nullable ClassRow row(ClassIndex.Entry entry, @Nullable String words) throws IOException {
      String lower = words == null ? null : words.toLowerCase(Locale.ROOT);
      StoredArtifact file = entry.unlisted() == null ? null : classFiles.get(entry.unlisted());
      if (entry.unlisted() != null && file != null) {
        readBytes += file.size();
        String name = name(file);
        boolean matches =
            lower == null || containsIgnoringCase(entry.unlisted() + " " + name, lower);
        return matches ? ClassRow.unlisted(entry.unlisted(), name) : null;
      }
      if (lines == null) {
        return null;
      }
      byte[] bytes = ClassIndex.line(lines, entry);
      if (lower != null
          && !containsIgnoringCase(new String(bytes, StandardCharsets.UTF_8), lower)) {
        return null;
      }
      ClassLine line = ClassLine.parse(bytes);
      return line == null ? null : ClassRow.of(line, classFiles.keySet());
    }

    /** Returns the class's name; null if it cannot be read, or its file is lost or damaged. */
    private @Nullable String name(StoredArtifact file) throws IOException {
      try {
        return KeptClassFiles.className(evidenceLookup, record, file);
      } catch (ProblemException lostOrDamaged) {
        return null; // the class's own view says so
      }
    }

    private static boolean containsIgnoringCase(String text, String lower) {
      return text.toLowerCase(Locale.ROOT).contains(lower);
    }

    @Override
    public void close() throws IOException {
      if (lines != null) {
        lines.close();
      }
    }
  }
}
