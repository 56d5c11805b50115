package whorl.collector.analysis.questions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Library;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.CodeArrival;
import whorl.collector.analysis.trail.EntryPoint;
import whorl.collector.analysis.trail.Jars;
import whorl.collector.analysis.trail.RaisedAlert;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;

/** Writes the text of a finding about entry points of requests. */
final class WayInText {
  private static final int NAMED_MAX = 3;
  private static final int LIBRARIES_MAX = 4;
  private static final int REQUESTS_BEFORE = 100;

  private final AnalysisContext context;
  private final WayIn.Group group;
  private final FindingBuilder builder;

  WayInText(AnalysisContext context, WayIn.Group group, FindingBuilder builder) {
    this.context = context;
    this.group = group;
    this.builder = builder;
  }

  /**
   * Returns the sentences.
   *
   * @param added code that these requests added and others used
   */
  String text(List<CodeArrival> added) throws IOException {
    Request first = group.first();
    StringBuilder text = new StringBuilder();
    text.append("At ").append(Phrases.at(first.began())).append(" the request ");
    text.append(first.described()).append(effect()).append('.');
    if (group.requests().size() > 1) {
      Request last = group.requests().get(group.requests().size() - 1);
      text.append(' ')
          .append(Phrases.count(group.requests().size() - 1, "more request"))
          .append(" did the same, the last one at ")
          .append(Phrases.clock(last.began()))
          .append('.');
    }
    text.append(through(context.jars(), group.libraries(), group.entryPoints(), builder));
    text.append(explanation());
    text.append(earlierBody(first));
    for (CodeArrival codeArrival : added.subList(0, Math.min(NAMED_MAX, added.size()))) {
      text.append(' ')
          .append(Phrases.sentence(codeArrival.described()))
          .append(", which it added, was used later on.");
    }
    compiled(text);
    return text.append(earliestContact(first)).toString();
  }

  private String effect() {
    List<EntryPoint> points = group.ofKind();
    if (points.isEmpty()) {
      return " matched the rule " + rules();
    }
    boolean onlyReflection = points.stream().allMatch(point -> point.row().is("whorl.Reflection"));
    return " made the application "
        + join(
            points.stream()
                // the expression itself covers what it accesses
                .filter(point -> onlyReflection || !point.row().is("whorl.Reflection"))
                .map(EntryPoint::phrase)
                .toList());
  }

  /** Joins the first few phrases. */
  static String join(List<String> phrases) {
    return phrases.stream().distinct().limit(NAMED_MAX).collect(Collectors.joining(", and "));
  }

  /**
   * Returns a sentence about the libraries and their jars, or if there are none about the code next
   * to the events; empty if nothing is known of it.
   */
  static String through(
      Jars jars,
      Collection<Library.Use> libraries,
      Collection<EntryPoint> entryPoints,
      FindingBuilder builder) {
    List<String> names = new ArrayList<>();
    for (Library.Use use : libraries) {
      if (names.size() < LIBRARIES_MAX) {
        names.add(jars.described(use));
        RowView row = jars.row(use);
        if (row != null) {
          builder.cite(row);
        }
      }
    }
    return names.isEmpty()
        ? jars.caller(entryPoints)
        : " By its stack it went through " + String.join(", then ", names) + ".";
  }

  /** Explains which code caused it, as far as the evidence shows. */
  private String explanation() {
    CodeArrival cause = group.cause();
    if (cause != null) {
      return " " + CodeArrivalText.describe(builder, context.trail(), cause);
    }
    return switch (group.kind()) {
      case ALERT -> "";
      case UPLOAD ->
          " Look for a hole in this request's own handler: one that takes the name or the content of"
              + " a file from the request.";
      case FILE_READ ->
          " Its path and query do not name the file; what its body and headers held is not in this"
              + " evidence.";
      case CLASS, COMMAND -> unexplained();
      default ->
          builder.severity() == Severity.CRITICAL
              ? " It ran code or a program that the intruder chose."
              : builder.severity() == Severity.MEDIUM ? " The events show no effect of it." : "";
    };
  }

  /**
   * If a request had neither query nor body, its expression came in a header or from an earlier
   * request. Returns a sentence about the last request of the same address that had a body, such as
   * one that stored a route which the next request makes the gateway evaluate.
   */
  private String earlierBody(Request first) throws IOException {
    String source = first.source();
    boolean hasContent =
        !first.answered()
            || !first.query().isEmpty()
            || !"0".equals(first.row().field("requestBytes"));
    if (group.kind() != EntryPoint.Kind.EXPRESSION || source == null || hasContent) {
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
        builder.cite(rowView);
        return " Its query was empty and no body was counted, so the evaluated text came in one"
            + " of its headers or in an earlier request: the last one of "
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

  /** Explains a request that neither its own text nor earlier added code certainly explains. */
  private String unexplained() {
    Trail trail = context.trail();
    CodeArrival possibleCause = group.possibleCause();
    if (possibleCause != null) {
      return " A class that is in no jar is on its stack. "
          + CodeArrivalText.describe(builder, trail, possibleCause)
          + " Whorl does not know whether a library made it in good faith.";
    }
    CodeArrival hidden = trail.codeArrivals().hiddenBefore(group.entryPoints().get(0).row());
    return hidden != null
        ? " A hidden class was added before; stacks do not show its frames. It may have done it. "
            + CodeArrivalText.describe(builder, trail, hidden)
        : " Nothing in this evidence shows how the code that did it came in: look for an"
            + " earlier break-in, or a hole in this request's own handler.";
  }

  /** Files that the page compiler wrote for these requests are part of the page's use. */
  private void compiled(StringBuilder text) {
    long files = 0;
    for (Request request : group.requests()) {
      List<RowView> rows = context.trail().compiling().getOrDefault(request.id(), List.of());
      rows.forEach(builder::cite);
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
                    group.requests().stream()
                        .anyMatch(request -> request.id().equals(alert.request())))
            .map(RaisedAlert::rule)
            .distinct()
            .map(rule -> "\"" + rule + "\"")
            .toList());
  }

  /** Returns a sentence about the earliest request of this address in the evidence. */
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
