package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CaptureState;

/** What was done to those who watch, and to what protects the JVM. */
final class Tampering implements Analysis {
  private static final int FINDINGS_MAX = 30;
  private static final int NAMED_MAX = 1_000;

  @Override
  public String name() {
    return "tampering";
  }

  /** One kind of tampering. */
  private static final class Done {
    final FindingBuilder draft;
    final List<String> what = new ArrayList<>();
    String during = "";

    Done(Analysis analysis) {
      this.draft = new FindingBuilder(analysis);
    }
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<String, Done> done = new LinkedHashMap<>();
    rowDispatcher.each(
        List.of(
            "whorl.Tamper",
            "whorl.AgentLoad",
            "jdk.JavaAgent",
            "jdk.NativeAgent",
            "jdk.SecurityPropertyModification"),
        row -> {
          String kind = kind(row);
          if (kind == null || trail.ownWork().contains(row.id())) {
            return;
          }
          Done one = done.get(kind);
          if (one == null) {
            if (done.size() >= FINDINGS_MAX) {
              return;
            }
            one = new Done(this);
            one.during = trail.during(row);
            done.put(kind, one);
          }
          String what = what(row);
          one.draft.severity(severity(trail, row, kind));
          one.draft.technique(
              kind.equals("agent-loaded") || kind.equals("classes-changed")
                  ? Technique.PROCESS_INJECTION
                  : Technique.DISABLE_TOOLS);
          one.draft.subject(trail.request(row));
          one.draft.step(row, Tactic.DEFENSE_EVASION, sentence(kind) + ": " + what);
          if (one.what.size() < NAMED_MAX && !one.what.contains(what)) {
            one.what.add(what);
          }
        });
    return () -> {
      List<Found> found = new ArrayList<>();
      done.forEach((kind, one) -> found.add(found(kind, one)));
      if (context.evidence().state() == CaptureState.FAILED) {
        found.add(
            new FindingBuilder(this)
                .severity(Severity.HIGH)
                .technique(Technique.DISABLE_TOOLS)
                .found(
                    "signature",
                    "The evidence does not hold what its manifest says",
                    "The collector could not verify this evidence: "
                        + Phrases.list(
                            context.evidence().problems().stream().map(Phrases::cut).toList())
                        + ". It may have been changed on its way, or made by somebody else than the agent."));
      }
      return found;
    };
  }

  private Found found(String kind, Done one) {
    return one.draft.found(
        kind,
        Phrases.sentence(sentence(kind)),
        "At "
            + Phrases.at(one.draft.time())
            + ", on "
            + one.during
            + ", "
            + sentence(kind)
            + " ("
            + Phrases.list(one.what)
            + ")."
            + (one.draft.seen() > 1
                ? " It was seen " + Phrases.count(one.draft.seen(), "time") + "."
                : ""));
  }

  private static @Nullable String kind(RowView row) {
    return switch (row.action()) {
      case "whorl.Tamper" -> {
        String what = row.field("what");
        yield what == null ? "unknown" : Phrases.cut(what, 40);
      }
      case "whorl.AgentLoad" -> "agent-loaded";
      // those on the command line are no news
      case "jdk.JavaAgent", "jdk.NativeAgent" -> row.flag("dynamic") ? "agent-loaded" : null;
      default -> "security-property-set";
    };
  }

  /** The jar and class of an agent; evidence of older agents has the class where the jar is now. */
  static String agent(RowView row) {
    String jar = Phrases.cut(row.field("jar"));
    String className = Phrases.cut(row.field("className"));
    return className.isEmpty() ? jar : jar.isEmpty() ? className : jar + ", class " + className;
  }

  private static String what(RowView row) {
    return switch (row.action()) {
      case "whorl.Tamper" -> {
        String target = Phrases.cut(row.field("target"));
        String detail = Phrases.cut(row.field("detail"));
        yield target + (detail.isEmpty() ? "" : target.isEmpty() ? detail : ", " + detail);
      }
      case "whorl.AgentLoad" -> agent(row);
      case "jdk.JavaAgent", "jdk.NativeAgent" -> Phrases.cut(row.field("name"));
      default -> Phrases.cut(row.field("key")) + " = " + Phrases.cut(row.field("value"));
    };
  }

  private static Severity severity(Trail trail, RowView row, String kind) {
    boolean suspect = trail.isSuspect(row);
    return switch (kind) {
      case "recording-stopped",
          "hooks-undone",
          "observer-replaced",
          "transformer-removed",
          "agent-thread-interrupted",
          "agent-thread-ended" ->
          suspect ? Severity.CRITICAL : Severity.HIGH;
      case "recording-changed", "agent-loaded", "classes-changed", "security-manager-set" ->
          suspect ? Severity.CRITICAL : trail.isLoose(row) ? Severity.HIGH : Severity.MEDIUM;
      default -> suspect ? Severity.HIGH : trail.isLoose(row) ? Severity.MEDIUM : Severity.LOW;
    };
  }

  private static String sentence(String kind) {
    return switch (kind) {
      case "classes-changed" -> "another agent changed classes";
      case "recording-stopped" -> "the flight recording was stopped";
      case "recording-changed" -> "the flight recording was changed";
      case "recording-dumped" -> "a copy of the flight recording was taken";
      case "hooks-undone" -> "what Whorl had woven into classes was taken out";
      case "observer-replaced" -> "what receives Whorl's events was replaced";
      case "transformer-removed" -> "what weaves Whorl into classes was removed";
      case "agent-thread-interrupted" -> "a thread of Whorl was interrupted";
      case "agent-thread-ended" -> "a thread of Whorl was ended";
      case "vm-option-set" -> "an option of the JVM was changed while it ran";
      case "security-property-set" -> "a security property was changed while the JVM ran";
      case "security-manager-set" -> "the security manager was replaced";
      case "attach-listener-started" -> "the JVM began to listen for others to attach";
      case "agent-loaded" -> "an agent was loaded into the running JVM";
      default -> "something was tampered with";
    };
  }
}
