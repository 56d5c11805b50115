package whorl.collector.timeline.query;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import whorl.collector.recent.RecentMap;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.StoredColumns;

/** Caches what the files of timelines contain. Thread-safe. */
final class Layouts {
  private static final int KNOWN_MAX = 200;

  private final Duck duck;
  private final Map<Path, CachedLayout> cache = RecentMap.byUse(KNOWN_MAX);

  Layouts(Duck duck) {
    this.duck = duck;
  }

  /** Detects a rebuilt timeline, whose files have the same names. */
  private record Stamp(List<Path> files, @Nullable Object key, long modifiedMillis, long bytes) {
    static Stamp of(DuckTimeline.Rows timeline) throws IOException {
      BasicFileAttributes first =
          Files.readAttributes(timeline.files().get(0), BasicFileAttributes.class);
      return new Stamp(
          timeline.files(), first.fileKey(), first.lastModifiedTime().toMillis(), first.size());
    }
  }

  /**
   * @param spans of the files that have rows, in order
   * @param stored the plain columns that exist
   */
  record Layout(List<FileSpan> spans, Set<Column> stored) {}

  /** The layout of files that are not read. */
  static final Layout NOTHING = new Layout(List.of(), Set.of());

  private record CachedLayout(Stamp stamp, Layout layout) {}

  Layout of(DuckTimeline.Rows timeline) throws IOException {
    Stamp stamp = Stamp.of(timeline);
    synchronized (cache) {
      CachedLayout cached = cache.get(timeline.folder());
      if (cached != null && cached.stamp().equals(stamp)) {
        return cached.layout();
      }
    }
    Layout layout = new Layout(spans(timeline), stored(timeline));
    synchronized (cache) {
      cache.put(timeline.folder(), new CachedLayout(stamp, layout));
    }
    return layout;
  }

  /** DuckDB answers this from the files' footers alone. */
  private List<FileSpan> spans(DuckTimeline.Rows timeline) throws IOException {
    String ends =
        "min(%1$s), max(%1$s), min(%2$s), max(%2$s), min(%3$s), max(%3$s)"
            .formatted(
                StoredColumns.quoted(StoredColumns.NANOS),
                StoredColumns.quoted(Column.ROW.columnName()),
                StoredColumns.quoted(StoredColumns.BLOCK));
    StringJoiner all = new StringJoiner(" UNION ALL ");
    for (int i = 0; i < timeline.files().size(); i++) {
      Path file = timeline.files().get(i);
      all.add("SELECT " + i + ", " + ends + " FROM " + Duck.parquet(List.of(file)));
    }
    List<FileSpan> spans = new ArrayList<>();
    duck.query(
        all.toString(),
        List.of(),
        result -> {
          while (result.next()) {
            Path file = timeline.files().get(result.getInt(1));
            long first = result.getLong(2);
            if (!result.wasNull()) {
              spans.add(
                  new FileSpan(
                      file,
                      first,
                      result.getLong(3),
                      result.getLong(4),
                      result.getLong(5),
                      result.getInt(6),
                      result.getInt(7)));
            }
          }
        });
    spans.sort(Comparator.comparingLong(FileSpan::firstRow));
    return List.copyOf(spans);
  }

  private Set<Column> stored(DuckTimeline.Rows timeline) throws IOException {
    EnumSet<Column> stored = EnumSet.noneOf(Column.class);
    duck.query(
        "SELECT name FROM parquet_schema(" + Duck.text(timeline.files().get(0)) + ")",
        List.of(),
        result -> {
          while (result.next()) {
            Column column = Column.of(result.getString(1));
            if (column != null) {
              stored.add(column);
            }
          }
        });
    return Collections.unmodifiableSet(stored);
  }
}
