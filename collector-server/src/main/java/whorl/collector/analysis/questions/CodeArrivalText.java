package whorl.collector.analysis.questions;

import java.util.LinkedHashMap;
import java.util.Map;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.trail.CodeArrival;
import whorl.collector.analysis.trail.Trail;

/** Describes in a finding how a class or page that was used later was added to the JVM. */
final class CodeArrivalText {
  private static final int PHRASES_MAX = 3;

  private CodeArrivalText() {}

  /** Cites the rows in the finding and returns a sentence about them. */
  static String describe(FindingBuilder builder, Trail trail, CodeArrival codeArrival) {
    Map<String, String> phrases = new LinkedHashMap<>();
    for (CodeArrival.Trace trace : codeArrival.traces()) {
      builder.cite(trace.row());
      // both the event and the capture report a generated class
      String phrase = actor(trail, trace) + " " + trace.phrase();
      if (phrases.size() < PHRASES_MAX) {
        phrases.putIfAbsent(phrase, phrase + when(trace));
      }
    }
    builder.subject(
        codeArrival.kind() == CodeArrival.Kind.CLASS ? Subject.Kind.CLASS : Subject.Kind.FILE,
        codeArrival.name());
    return Phrases.sentence(codeArrival.described())
        + ": "
        + String.join("; ", phrases.values())
        + ".";
  }

  private static String actor(Trail trail, CodeArrival.Trace trace) {
    String id = trace.request();
    Request request = id == null ? null : trail.requests().get(id);
    if (request != null) {
      return "the request " + request.line();
    }
    if (trace.time() == null) {
      return "the capture";
    }
    return id != null ? "the request " + Phrases.cut(id, 40) : "the " + trace.row().thread();
  }

  private static String when(CodeArrival.Trace trace) {
    return trace.time() == null ? "" : " at " + Phrases.clock(trace.time());
  }
}
