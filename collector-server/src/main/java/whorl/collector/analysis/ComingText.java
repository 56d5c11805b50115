package whorl.collector.analysis;

import java.util.LinkedHashMap;
import java.util.Map;

/** How findings tell by what a class or page came in that was used later. */
final class ComingText {
  private static final int NAMED_MAX = 3;

  private ComingText() {}

  /** The rows that say so, and a sentence. */
  static String told(Draft draft, Trail trail, Coming coming) {
    Map<String, String> deeds = new LinkedHashMap<>();
    for (Coming.How how : coming.ways()) {
      draft.cite(how.row());
      // both the event and the capture tell of a class that was made
      String deed = who(trail, how) + " " + how.deed();
      if (deeds.size() < NAMED_MAX) {
        deeds.putIfAbsent(deed, deed + when(how));
      }
    }
    draft.subject(
        coming.kind() == Coming.Kind.CLASS ? Subject.Kind.CLASS : Subject.Kind.FILE, coming.name());
    return Phrases.sentence(coming.described()) + ": " + String.join("; ", deeds.values()) + ".";
  }

  private static String who(Trail trail, Coming.How how) {
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

  private static String when(Coming.How how) {
    return how.time() == null ? "" : " at " + Phrases.clock(how.time());
  }
}
