package whorl.collector.timeline.query;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.RowChoice;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.words.WordWriter;
import whorl.evidence.Id;

/** The timelines of a query, and which parts of them must be read; in use until it is closed. */
final class QueryPlan implements AutoCloseable {
  private final List<Part> parts;

  private QueryPlan(List<Part> parts) {
    this.parts = parts;
  }

  private record Part(
      DuckTimeline.Rows timeline,
      Layouts.Layout layout,
      RequestValues requests,
      TextSearch search,
      List<Long> hidden) {
    /** The files that may hold matching rows. */
    List<FileSpan> within(TimelineQuery query) {
      long from = query.from() == null ? Long.MIN_VALUE : Conditions.nanos(query.from());
      long to = query.to() == null ? Long.MAX_VALUE : Conditions.nanos(query.to());
      return layout.spans().stream()
          .filter(span -> span.overlaps(from, to))
          .filter(span -> query.only() == null || mayHold(span, query.only()))
          .filter(span -> !search.isNarrow() || search.blocks(span) > 0)
          .toList();
    }

    private boolean mayHold(FileSpan span, RowChoice only) {
      return only.by() != RowChoice.By.NUMBER
          || only.of(timeline.constants().get(Column.EVIDENCE)).stream().anyMatch(span::holds);
    }

    Cost cost(FileSpan file) {
      int blocks = search.blocks(file);
      return search.isNarrow()
          ? new Cost(Math.min(file.rows(), (long) blocks * BLOCK_ROWS), blocks)
          : new Cost(file.rows(), 0);
    }

    ScanPlan scanPlan(List<FileSpan> spans, List<Branch> branches) {
      return scanPlan(spans, branches, null);
    }

    ScanPlan scanPlan(List<FileSpan> spans, List<Branch> branches, @Nullable String host) {
      List<Path> files =
          spans.isEmpty()
              ? timeline.files().subList(0, 1)
              : spans.stream().map(FileSpan::file).toList();
      return new ScanPlan(
          timeline, files, layout.stored(), search.words(), requests, branches, hidden, host);
    }
  }

  private static final int BLOCK_ROWS = WordWriter.BLOCK_TEXTS;

  /**
   * The cost of a query.
   *
   * @param rows to be read, approximately
   * @param blocks to be listed in the statement
   */
  record Cost(long rows, int blocks) {
    static final Cost NONE = new Cost(0, 0);

    Cost plus(Cost other) {
      return new Cost(rows + other.rows, blocks + other.blocks);
    }
  }

  /**
   * @param hidden the numbers of rows that are not shown, by evidence
   */
  static QueryPlan of(
      TimelineQuery query,
      List<DuckTimeline.Rows> timelines,
      Map<Id, List<Long>> hidden,
      Layouts layouts,
      Duck duck)
      throws IOException {
    List<Part> parts = new ArrayList<>();
    for (DuckTimeline.Rows timeline : timelines) {
      RequestValues requests = RequestValues.of(query, timeline, duck);
      TextSearch search = TextSearch.of(query, timeline, requests, duck);
      String evidence = timeline.constants().get(Column.EVIDENCE);
      List<Long> without =
          evidence == null ? List.of() : hidden.getOrDefault(new Id(evidence), List.of());
      // a search over many timelines finds nothing in most, and need not look at their files
      Layouts.Layout layout = search.isInVain() ? Layouts.NOTHING : layouts.of(timeline);
      parts.add(new Part(timeline, layout, requests, search, without));
    }
    return new QueryPlan(List.copyOf(parts));
  }

  @Override
  public void close() {
    parts.forEach(part -> part.timeline().release().run());
  }

  int timelines() {
    return parts.size();
  }

  /** The files with rows, of all timelines. */
  List<FileSpan> spans() {
    return parts.stream().flatMap(part -> part.layout().spans().stream()).toList();
  }

  Cost cost(TimelineQuery query) {
    Cost cost = Cost.NONE;
    for (Part part : parts) {
      for (FileSpan file : part.within(query)) {
        cost = cost.plus(part.cost(file));
      }
    }
    return cost;
  }

  /**
   * What the query must read, for each timeline.
   *
   * @param blocksMax the maximum number of blocks to list for each timeline
   */
  List<ScanPlan> scanPlans(TimelineQuery query, int blocksMax) {
    List<ScanPlan> all = new ArrayList<>();
    boolean once = Duplicates.appliesTo(query);
    for (Part part : parts) {
      List<FileSpan> files = part.within(query);
      all.add(
          files.isEmpty()
              ? part.scanPlan(files, List.of())
              : part.scanPlan(
                  files,
                  part.search().branches(files, blocksMax),
                  once ? part.timeline().constants().get(Column.HOST) : null));
    }
    return all;
  }

  /**
   * The files that hold these rows, for each timeline.
   *
   * @param numbers of the rows, for each timeline
   */
  List<ScanPlan> forRows(List<List<Long>> numbers) {
    List<ScanPlan> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Long> rows = numbers.get(i);
      List<FileSpan> files =
          parts.get(i).layout().spans().stream()
              .filter(span -> rows.stream().anyMatch(span::holds))
              .toList();
      all.add(parts.get(i).scanPlan(files, List.of()));
    }
    return all;
  }
}
