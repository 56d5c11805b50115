package whorl.collector.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something by which an intruder gets in, or is seen to be in.
 *
 * @param request for which it happened; null for none
 * @param severity {@code medium} where it was refused or ordinary programs do it, too
 * @param what goes on from "made the application"
 */
record Entrance(Kind kind, Seen row, @Nullable String request, Severity severity, String what) {

  /** The kinds, those first that explain the others. */
  enum Kind {
    JNDI("a JNDI lookup", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION)),
    DESERIALIZATION("unsafe deserialization", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION)),
    EXPRESSION(
        "expression injection", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION, Technique.SCRIPTING)),
    XML_ENTITY("an external XML entity", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION)),
    REMOTE_CODE(
        "a class loader with a remote address",
        List.of(Technique.EXPLOIT_PUBLIC_APPLICATION, Technique.REFLECTIVE_LOADING)),
    FILE_VIEW(
        "path traversal", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION, Technique.FILE_DISCOVERY)),
    AGENT("an agent loaded into the JVM", List.of(Technique.PROCESS_INJECTION)),
    SERVER_SIDE_REQUEST(
        "a request made on the intruder's behalf", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION)),
    UPLOAD("a file of code written", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION)),
    CLASS("a class brought in", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION)),
    COMMAND("a command run by a request", List.of(Technique.EXPLOIT_PUBLIC_APPLICATION)),
    ALERT("what set off an alert", List.of());

    private final String title;
    private final List<Technique> techniques;

    Kind(String title, List<Technique> techniques) {
      this.title = title;
      this.techniques = techniques;
    }

    String title() {
      return title;
    }

    List<Technique> techniques() {
      return techniques;
    }

    /** Whether the request's own content made it happen, as far as the kind tells. */
    boolean explains() {
      return compareTo(UPLOAD) < 0;
    }
  }
}
