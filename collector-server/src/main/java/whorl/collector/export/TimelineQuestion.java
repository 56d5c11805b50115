package whorl.collector.export;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowChoice;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.evidence.Id;

/** Parses the parameters of a timeline query. */
final class TimelineQuestion {
  private static final int TYPES_MAX = 50;
  private static final int TEXT_MAX_CHARS = 1_000;
  private static final int CURSOR_MAX_CHARS = 4_000;
  private static final int LIMIT_DEFAULT = 200;
  private static final Duration SPAN_DEFAULT = Duration.ofSeconds(30);
  private static final Pattern ROW = Pattern.compile("(?:([a-z0-9-]{8,64}):)?(\\d{1,18})");

  private static final int TAGS_MAX = 50;

  private final Timeline timeline;
  private final MarkedRows marks;

  TimelineQuestion(Timeline timeline, MarkedRows marks) {
    this.timeline = timeline;
    this.marks = marks;
  }

  /**
   * @throws ProblemException 400 with the parameter, its value and what is allowed; 404 if the row
   *     of {@code around} does not exist
   */
  TimelineQuery of(Parameters parameters, List<Id> evidence) throws IOException {
    Instant from = parameters.time("from");
    Instant to = parameters.time("to");
    String around = parameters.text("around", 100);
    if (around != null) {
      if (from != null || to != null) {
        throw new ProblemException(
            400, "bad parameter", "around excludes from and to; use span to set its range");
      }
      Instant center = timeOf(around, evidence);
      Duration span = parameters.span("span", SPAN_DEFAULT);
      from = center.minus(span);
      to = center.plus(span).plusNanos(1);
    }
    return new TimelineQuery(
        evidence,
        from,
        to,
        parameters.list("type", TYPES_MAX),
        parameters.text("q", TEXT_MAX_CHARS),
        where(parameters),
        parameters.oneOf("order", "asc", "asc", "desc").equals("desc"),
        parameters.flag("stacks"),
        LIMIT_DEFAULT,
        null,
        only(parameters, evidence),
        !parameters.flag("duplicates"));
  }

  /** True if only marked rows are asked for. */
  static boolean isOfMarks(Parameters parameters) {
    return parameters.flag("marked")
        || parameters.flag("star")
        || !parameters.list("tag", TAGS_MAX).isEmpty();
  }

  /** The marked rows that are asked for; null for any rows. */
  private @Nullable RowChoice only(Parameters parameters, List<Id> evidence) throws IOException {
    if (!isOfMarks(parameters)) {
      return null;
    }
    boolean starred = parameters.flag("star");
    Set<String> tags = Set.copyOf(parameters.list("tag", TAGS_MAX));
    Map<Id, List<Long>> rows = new HashMap<>();
    for (Id id : evidence) {
      rows.put(id, marks.of(id).rows(starred, tags));
    }
    return new RowChoice(RowChoice.By.NUMBER, rows);
  }

  /** Adds the page: {@code limit} and {@code cursor}. */
  TimelineQuery page(Parameters parameters, TimelineQuery query) {
    Integer limit = parameters.number("limit", 1, TimelineQuery.LIMIT_MAX);
    return query.page(
        limit == null ? LIMIT_DEFAULT : limit, parameters.text("cursor", CURSOR_MAX_CHARS));
  }

  private static List<Where> where(Parameters parameters) {
    List<Where> where = new ArrayList<>(WhereParameter.of(parameters));
    String thread = parameters.text("thread", TEXT_MAX_CHARS);
    if (thread != null) {
      where.add(new Where(Column.THREAD_NAME, Where.Op.EQ, thread));
    }
    String request = parameters.text("request", TEXT_MAX_CHARS);
    if (request != null) {
      where.add(new Where(Column.REQUEST_ID, Where.Op.EQ, request));
    }
    return where;
  }

  private Instant timeOf(String around, List<Id> evidence) throws IOException {
    Matcher name = ROW.matcher(around);
    Id evidenceId = name.matches() ? owner(name.group(1), evidence) : null;
    if (evidenceId == null) {
      throw Parameters.badParameter(
          "around", around, "a row's number, or its event.id where there are several pieces");
    }
    List<Row> rows =
        timeline
            .page(
                TimelineQuery.of(evidenceId)
                    .where(Column.ROW, Where.Op.EQ, name.group(2))
                    .page(1, null))
            .rows();
    if (rows.isEmpty()) {
      throw new ProblemException(
          404, "no such row", "evidence " + evidenceId + " has no row " + name.group(2));
    }
    return rows.get(0).time();
  }

  /** Null if it is not in the list, or is ambiguous. */
  private static @Nullable Id owner(@Nullable String named, List<Id> evidence) {
    if (named == null) {
      return evidence.size() == 1 ? evidence.get(0) : null;
    }
    return evidence.stream().filter(id -> id.value().equals(named)).findFirst().orElse(null);
  }
}
