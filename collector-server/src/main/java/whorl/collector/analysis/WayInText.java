package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import whorl.collector.analysis.stack.Library;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;

/** What a finding says of a way in by requests. */
final class WayInText {
  private static final int NAMED_MAX = 3;
  private static final int LIBRARIES_MAX = 4;
  private static final int REQUESTS_BEFORE = 100;

  private final AnalysisContext context;
  private final WayIn.Way way;
  private final FindingBuilder draft;

  WayInText(AnalysisContext context, WayIn.Way way, FindingBuilder draft) {
    this.context = context;
    this.way = way;
    this.draft = draft;
  }

  /**
   * The sentences.
   *
   * @param brought what these requests brought in and others used
   */
  String told(List<CodeArrival> brought) throws IOException {
    Request first = way.first();
    StringBuilder text = new StringBuilder();
    text.append("At ").append(Phrases.at(first.began())).append(" the request ");
    text.append(first.described()).append(deed()).append('.');
    if (way.requests().size() > 1) {
      Request last = way.requests().get(way.requests().size() - 1);
      text.append(' ')
          .append(Phrases.count(way.requests().size() - 1, "more request"))
          .append(" did the like, the last one at ")
          .append(Phrases.clock(last.began()))
          .append('.');
    }
    text.append(through(context.jars(), way.libraries(), draft));
    text.append(cause());
    text.append(broughtBefore(first));
    for (CodeArrival codeArrival : brought.subList(0, Math.min(NAMED_MAX, brought.size()))) {
      text.append(' ')
          .append(Phrases.sentence(codeArrival.described()))
          .append(", which it brought in, was used later on.");
    }
    compiled(text);
    return text.append(earliestContact(first)).toString();
  }

  private String deed() {
    List<EntryPoint> its = way.own();
    if (its.isEmpty()) {
      return " set off the rule " + rules();
    }
    boolean onlyReached = its.stream().allMatch(each -> each.row().is("whorl.Reflection"));
    return " made the application "
        + first(
            its.stream()
                // what an expression reaches for is told by the expression
                .filter(each -> onlyReached || !each.row().is("whorl.Reflection"))
                .map(EntryPoint::what)
                .toList());
  }

  /** The first few of these deeds. */
  static String first(List<String> whats) {
    return whats.stream().distinct().limit(NAMED_MAX).collect(Collectors.joining(", and "));
  }

  /** A sentence on the libraries, with their jars; empty where there are none. */
  static String through(Jars jars, Collection<Library.Use> libraries, FindingBuilder draft) {
    List<String> names = new ArrayList<>();
    for (Library.Use use : libraries) {
      if (names.size() < LIBRARIES_MAX) {
        names.add(jars.described(use));
        RowView row = jars.row(use);
        if (row != null) {
          draft.cite(row);
        }
      }
    }
    return names.isEmpty()
        ? ""
        : " By its stack it went through " + String.join(", then ", names) + ".";
  }

  /** By whose code it was done, as far as the evidence shows. */
  private String cause() {
    CodeArrival by = way.by();
    if (by != null) {
      return " " + CodeArrivalText.told(draft, context.trail(), by);
    }
    return switch (way.kind()) {
      case ALERT -> "";
      case UPLOAD ->
          " Look for a hole in this request's own handler: one that takes the name or the content of"
              + " a file from the request.";
      case FILE_READ ->
          " Its path and query do not name the file; what its body and headers held is not in this"
              + " evidence.";
      case CLASS, COMMAND -> unexplained();
      default ->
          draft.severity() == Severity.CRITICAL
              ? " Code or a program of the intruder's choice ran for it."
              : draft.severity() == Severity.MEDIUM
                  ? " As far as the events tell, it got nothing by it."
                  : "";
    };
  }

  /**
   * Where a request carried nothing that could have been evaluated, but a header: the last request
   * of the same address that had a body, such as the one that stored a route which the next one has
   * the gateway read.
   */
  private String broughtBefore(Request first) throws IOException {
    String source = first.source();
    boolean carried =
        !first.answered()
            || !first.query().isEmpty()
            || !"0".equals(first.row().field("requestBytes"));
    if (way.kind() != EntryPoint.Kind.EXPRESSION || source == null || carried) {
      return "";
    }
    TimelineQuery before =
        TimelineQuery.of(context.evidence().id())
            .between(null, first.began())
            .types("whorl.HttpRequest")
            .where(Column.SOURCE_IP, Where.Op.EQ, source)
            .newestFirst(true)
            .page(REQUESTS_BEFORE, null);
    for (Row row : context.timeline().page(before).rows()) {
      RowView rowView = new RowView(row);
      String id = rowView.request();
      String bytes = rowView.field("requestBytes");
      if (id != null && bytes != null && !bytes.equals("0")) {
        Request earlier = Request.answered(id, rowView);
        draft.cite(rowView);
        return " Its query was empty and no body was counted, so that what was evaluated came in one"
            + " of its headers or by an earlier request: the last one of "
            + Phrases.cut(source, 60)
            + " that had a body is "
            + earlier.line()
            + " at "
            + Phrases.clock(earlier.began())
            + ".";
      }
    }
    return "";
  }

  /** Neither the request's text nor what came in before explains it for sure. */
  private String unexplained() {
    Trail trail = context.trail();
    CodeArrival doubtful = way.doubtful();
    if (doubtful != null) {
      return " A class that is in no jar is on its stack. "
          + CodeArrivalText.told(draft, trail, doubtful)
          + " Whorl does not know whether a library made it in good faith.";
    }
    CodeArrival hidden = trail.comings().hiddenBefore(way.entrances().get(0).row());
    return hidden != null
        ? " A hidden class came in before, whose frames are on no stack. It may have done it. "
            + CodeArrivalText.told(draft, trail, hidden)
        : " Nothing in this evidence shows how the code that did it came in: look for an"
            + " earlier break-in, or a hole in this request's own handler.";
  }

  /** What the compiler of pages did for these requests is part of the page's use. */
  private void compiled(StringBuilder text) {
    long files = 0;
    for (Request request : way.requests()) {
      List<RowView> rows = context.trail().compiling().getOrDefault(request.id(), List.of());
      rows.forEach(draft::cite);
      files += rows.stream().map(row -> row.file()).distinct().count();
    }
    if (files > 0) {
      text.append(" The server compiled a page for it: ")
          .append(Phrases.count(files, "file"))
          .append(" of its work folder ")
          .append(files == 1 ? "is" : "are")
          .append(" the compiler's own.");
    }
  }

  private String rules() {
    return Phrases.list(
        context.trail().alerts().stream()
            .filter(
                alert ->
                    way.requests().stream().anyMatch(each -> each.id().equals(alert.request())))
            .map(RaisedAlert::rule)
            .distinct()
            .map(rule -> "\"" + rule + "\"")
            .toList());
  }

  /** A sentence on what else of this address is in the evidence, before. */
  private String earliestContact(Request request) throws IOException {
    String source = request.source();
    if (source == null) {
      return "";
    }
    TimelineQuery query =
        TimelineQuery.of(context.evidence().id())
            .types("whorl.HttpRequest")
            .where(Column.SOURCE_IP, Where.Op.EQ, source)
            .page(1, null);
    for (Row row : context.timeline().page(query).rows()) {
      RowView earliest = new RowView(row);
      String id = earliest.request();
      if (id != null && !id.equals(request.id())) {
        Request contact = Request.answered(id, earliest);
        if (contact.began().isBefore(request.began())) {
          return " The earliest contact of "
              + Phrases.cut(source, 60)
              + " in this evidence is "
              + contact.line()
              + " at "
              + Phrases.clock(contact.began())
              + ".";
        }
      }
    }
    return " Nothing of " + Phrases.cut(source, 60) + " is in this evidence before that.";
  }
}
