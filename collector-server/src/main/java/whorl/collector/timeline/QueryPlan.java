package whorl.collector.timeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.timeline.words.WordWriter;

/** The timelines that a query is about, and what of them has to be asked. */
final class QueryPlan {
  private final List<Part> parts;

  private QueryPlan(List<Part> parts) {
    this.parts = parts;
  }

  private record Part(
      DuckTimeline.Rows timeline,
      Layouts.Layout layout,
      RequestValues requests,
      TextSearch search) {
    /** The files that can have what a query asks. */
    List<FileSpan> within(TimelineQuery query) {
      long from = query.from() == null ? Long.MIN_VALUE : Conditions.nanos(query.from());
      long to = query.to() == null ? Long.MAX_VALUE : Conditions.nanos(query.to());
      return layout.spans().stream()
          .filter(span -> span.overlaps(from, to))
          .filter(span -> !search.isNarrow() || search.blocks(span) > 0)
          .toList();
    }

    Cost cost(FileSpan file) {
      int blocks = search.blocks(file);
      return search.isNarrow()
          ? new Cost(Math.min(file.rows(), (long) blocks * BLOCK_ROWS), blocks)
          : new Cost(file.rows(), 0);
    }

    ScanPlan asked(List<FileSpan> some, List<Branch> branches) {
      List<Path> files =
          some.isEmpty()
              ? timeline.files().subList(0, 1)
              : some.stream().map(FileSpan::file).toList();
      return new ScanPlan(timeline, files, layout.stored(), search.words(), requests, branches);
    }
  }

  private static final int BLOCK_ROWS = WordWriter.BLOCK_TEXTS;

  /**
   * What it costs to ask.
   *
   * @param rows that have to be read, about
   * @param blocks that have to be named
   */
  record Cost(long rows, int blocks) {
    static final Cost NONE = new Cost(0, 0);

    Cost plus(Cost other) {
      return new Cost(rows + other.rows, blocks + other.blocks);
    }
  }

  static QueryPlan of(
      TimelineQuery query, List<DuckTimeline.Rows> timelines, Layouts layouts, Duck duck)
      throws IOException {
    List<Part> parts = new ArrayList<>();
    for (DuckTimeline.Rows timeline : timelines) {
      RequestValues requests = RequestValues.of(query, timeline, duck);
      TextSearch search = TextSearch.of(query, timeline, requests, duck);
      parts.add(new Part(timeline, layouts.of(timeline), requests, search));
    }
    return new QueryPlan(List.copyOf(parts));
  }

  int timelines() {
    return parts.size();
  }

  /** All files of all timelines that have rows. */
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
   * Of each timeline what a query asks.
   *
   * @param blocksMax how many blocks are named of each
   */
  List<ScanPlan> asked(TimelineQuery query, int blocksMax) {
    List<ScanPlan> all = new ArrayList<>();
    for (Part part : parts) {
      List<FileSpan> files = part.within(query);
      all.add(
          part.asked(
              files, files.isEmpty() ? List.of() : part.search().branches(files, blocksMax)));
    }
    return all;
  }

  /**
   * Of each timeline what these rows are in.
   *
   * @param numbers of each
   */
  List<ScanPlan> holding(List<List<Long>> numbers) {
    List<ScanPlan> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Long> rows = numbers.get(i);
      List<FileSpan> files =
          parts.get(i).layout().spans().stream()
              .filter(span -> rows.stream().anyMatch(span::holds))
              .toList();
      all.add(parts.get(i).asked(files, List.of()));
    }
    return all;
  }
}
