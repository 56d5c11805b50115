package whorl.collector.analysis;

import java.util.LinkedHashMap;
import java.util.Map;

/** How findings tell by what a class or page came in that was used later. */
final class CodeArrivalText {
  private static final int NAMED_MAX = 3;

  private CodeArrivalText() {}

  /** The rows that say so, and a sentence. */
  static String told(FindingBuilder draft, Trail trail, CodeArrival codeArrival) {
    Map<String, String> deeds = new LinkedHashMap<>();
    for (CodeArrival.How how : codeArrival.ways()) {
      draft.cite(how.row());
      // both the event and the capture tell of a class that was made
      String deed = who(trail, how) + " " + how.deed();
      if (deeds.size() < NAMED_MAX) {
        deeds.putIfAbsent(deed, deed + when(how));
      }
    }
    draft.subject(
        codeArrival.kind() == CodeArrival.Kind.CLASS ? Subject.Kind.CLASS : Subject.Kind.FILE,
        codeArrival.name());
    return Phrases.sentence(codeArrival.described())
        + ": "
        + String.join("; ", deeds.values())
        + ".";
  }

  private static String who(Trail trail, CodeArrival.How how) {
    String id = how.request();
    Request request = id == null ? null : trail.requests().get(id);
    if (request != null) {
      return "the request " + request.line();
    }
    if (how.time() == null) {
      return "the capture";
    }
    return id != null ? "the request " + Phrases.cut(id, 40) : "the " + how.row().thread();
  }

  private static String when(CodeArrival.How how) {
    return how.time() == null ? "" : " at " + Phrases.clock(how.time());
  }
}
