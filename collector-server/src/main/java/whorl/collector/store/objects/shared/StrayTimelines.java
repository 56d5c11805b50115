package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.ObjectStore.ObjectFacts;
import whorl.evidence.Id;

/**
 * Timelines whose evidence is gone: made of evidence that was purged while it was indexed, by a
 * collector that died before it could delete them. Thread-safe.
 */
public final class StrayTimelines {
  private static final Pattern FILE =
      Pattern.compile(Pattern.quote(SharedKeys.TIMELINES) + "([a-z0-9][a-z0-9-]{7,63})/.+");

  private final ObjectStore objects;
  private final RecordRows rows;
  private final SharedContent content;
  private final Duration strayFor;
  private final int page;

  /**
   * @param strayFor younger files are left alone, because the rows of their evidence may come back
   */
  StrayTimelines(
      ObjectStore objects, RecordRows rows, SharedContent content, Duration strayFor, int page) {
    this.objects = objects;
    this.rows = rows;
    this.content = content;
    this.strayFor = strayFor;
    this.page = page;
  }

  /**
   * @param deleted the number of files
   * @param next the position of the next page; empty after the last one
   */
  public record Deleted(long deleted, String next) {}

  /** Deletes the files, on the page after this key, of timelines whose evidence is gone. */
  public Deleted delete(String after) throws IOException {
    List<ObjectFacts> found = objects.list(SharedKeys.TIMELINES, after, page);
    Instant before = content.now().minus(strayFor);
    Map<Id, Boolean> known = new HashMap<>();
    long deleted = 0;
    for (ObjectFacts each : found) {
      Matcher file = FILE.matcher(each.key());
      if (file.matches() && !each.writtenAt().isAfter(before)) {
        Id evidence = new Id(file.group(1));
        Boolean kept = known.get(evidence);
        if (kept == null) {
          kept = rows.find(evidence) != null;
          known.put(evidence, kept);
        }
        if (!kept) {
          objects.delete(each.key());
          deleted++;
        }
      }
    }
    return new Deleted(deleted, found.size() < page ? "" : found.get(found.size() - 1).key());
  }
}
