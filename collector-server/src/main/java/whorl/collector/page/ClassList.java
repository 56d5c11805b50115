package whorl.collector.page;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.StoredArtifact;

/** Pages of the classes of an evidence; the last few indexes are remembered. Thread-safe. */
final class ClassList {
  private static final String LINES = "classes.ndjson";
  private static final int REMEMBERED_MAX = 8;
  private static final int LOOKED_AT_MAX = 20_000;
  private static final long SHOWN_MAX_BYTES = 4 << 20;

  /**
   * A page.
   *
   * @param next null at the end; with a filter there may be more although no class was found
   * @param total in the whole list, whatever the filter
   * @param skipped lines that could not be read
   * @param cut whether the list is not complete, for its length
   */
  record View(
      List<ClassRow> classes, @Nullable String next, int total, long skipped, boolean cut) {}

  private final EvidenceLookup evidenceLookup;
  private final Map<String, ClassIndex> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ClassIndex> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  ClassList(EvidenceLookup evidenceLookup) {
    this.evidenceLookup = evidenceLookup;
  }

  /**
   * @param from the place in the list
   * @param words only classes whose line has these, in any case; null for all
   */
  View page(EvidenceRecord record, int from, @Nullable String words, int limit) throws IOException {
    Map<String, StoredArtifact> kept = KeptClassFiles.of(record);
    Path lines = lines(record, kept.isEmpty());
    ClassIndex index = index(record, lines, kept.keySet());
    List<ClassIndex.Entry> entries = index.entries();
    int lookedAtMax = (int) Math.min(entries.size(), (long) from + LOOKED_AT_MAX);
    List<ClassRow> rows = new ArrayList<>();
    int at = from;
    try (Source source = new Source(record, lines, kept)) {
      long shown = 0;
      while (at < lookedAtMax && rows.size() < limit && shown < SHOWN_MAX_BYTES) {
        ClassIndex.Entry entry = entries.get(at++);
        ClassRow row = source.row(entry, words);
        if (row != null) {
          rows.add(row);
          shown += entry.length();
        }
      }
    }
    String next = at < entries.size() ? Integer.toString(at) : null;
    return new View(rows, next, entries.size(), index.skipped(), index.cut());
  }

  private @Nullable Path lines(EvidenceRecord record, boolean needed) throws IOException {
    StoredArtifact artifact = EvidenceLookup.find(record, LINES);
    if (artifact == null && needed) {
      artifact = evidenceLookup.artifact(record, LINES); // says why
    }
    return artifact == null ? null : evidenceLookup.content(record, artifact);
  }

  private ClassIndex index(EvidenceRecord record, @Nullable Path lines, Set<String> kept)
      throws IOException {
    String key = record.id().value();
    synchronized (remembered) {
      ClassIndex known = remembered.get(key);
      if (known != null) {
        return known;
      }
    }
    ClassIndex read = ClassIndex.read(lines, kept);
    synchronized (remembered) {
      remembered.put(key, read);
    }
    return read;
  }

  /** Makes rows of entries. */
  private final class Source implements AutoCloseable {
    private final EvidenceRecord record;
    private final @Nullable FileChannel lines;
    private final Map<String, StoredArtifact> kept;

    Source(EvidenceRecord record, @Nullable Path lines, Map<String, StoredArtifact> kept)
        throws IOException {
      this.record = record;
      this.lines = lines == null ? null : FileChannel.open(lines);
      this.kept = kept;
    }

    /** Null when it does not have the words. */
    @Nullable ClassRow row(ClassIndex.Entry entry, @Nullable String words) throws IOException {
      String lower = words == null ? null : words.toLowerCase(Locale.ROOT);
      StoredArtifact file = entry.unlisted() == null ? null : kept.get(entry.unlisted());
      if (entry.unlisted() != null && file != null) {
        String name = KeptClassFiles.className(evidenceLookup, record, file);
        boolean wanted = lower == null || has(entry.unlisted() + " " + name, lower);
        return wanted ? ClassRow.unlisted(entry.unlisted(), name) : null;
      }
      if (lines == null) {
        return null;
      }
      byte[] bytes = ClassIndex.line(lines, entry);
      if (lower != null && !has(new String(bytes, StandardCharsets.UTF_8), lower)) {
        return null;
      }
      ClassLine line = ClassLine.parse(bytes);
      return line == null ? null : ClassRow.of(line, kept.keySet());
    }

    private static boolean has(String text, String lower) {
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
