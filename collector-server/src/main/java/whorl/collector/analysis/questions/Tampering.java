package whorl.collector.analysis.questions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.Trail;
import whorl.evidence.channel.CaptureState;

/** Reports tampering with Whorl and with the JVM's protection. */
public final class Tampering implements Analysis {
  private static final int FINDINGS_MAX = 30;
  private static final int NAMED_MAX = 1_000;

  @Override
  public String name() {
    return "tampering";
  }

  /** One kind of tampering. */
  private static final class Incident {
    final FindingBuilder builder;
    final List<String> details = new ArrayList<>();
    String actor = "";

    Incident(Analysis analysis) {
      this.builder = new FindingBuilder(analysis.name());
    }
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<String, Incident> incidents = new LinkedHashMap<>();
    rowDispatcher.subscribe(
        List.of(
            "whorl.Tamper",
            "whorl.AgentLoad",
            "jdk.JavaAgent",
            "jdk.NativeAgent",
            "jdk.SecurityPropertyModification"),
        row -> {
          String kind = kind(row);
          if (kind == null || trail.ownWork().contains(row.id()) || isOwnAgent(context, row)) {
            return;
          }
          Incident incident = incidents.get(kind);
          if (incident == null) {
            if (incidents.size() >= FINDINGS_MAX) {
              return;
            }
            incident = new Incident(this);
            incident.actor = trail.actor(row);
            incidents.put(kind, incident);
          }
          String detail = detail(row);
          incident.builder.severity(severity(trail, row, kind));
          incident.builder.technique(
              kind.equals("agent-loaded") || kind.equals("classes-changed")
                  ? Technique.PROCESS_INJECTION
                  : Technique.DISABLE_TOOLS);
          incident.builder.subject(trail.request(row));
          incident.builder.step(row, Tactic.DEFENSE_EVASION, sentence(kind) + ": " + detail);
          if (incident.details.size() < NAMED_MAX && !incident.details.contains(detail)) {
            incident.details.add(detail);
          }
        });
    return () -> {
      List<ReportedFinding> results = new ArrayList<>();
      incidents.forEach((kind, incident) -> results.add(result(kind, incident)));
      if (context.evidence().state() == CaptureState.FAILED) {
        results.add(
            new FindingBuilder(name())
                .severity(Severity.HIGH)
                .technique(Technique.DISABLE_TOOLS)
                .build(
                    "signature",
                    "The evidence does not hold what its manifest says",
                    "The collector could not verify this evidence: "
                        + Phrases.list(
                            context.evidence().problems().stream().map(Phrases::cut).toList())
                        + ". It may have been changed on its way, or may not come from the agent."));
      }
      return results;
    };
  }

  private ReportedFinding result(String kind, Incident incident) {
    return incident.builder.build(
        kind,
        Phrases.sentence(sentence(kind)),
        "At "
            + Phrases.at(incident.builder.time())
            + ", on "
            + incident.actor
            + ", "
            + sentence(kind)
            + " ("
            + Phrases.list(incident.details)
            + ")."
            + (incident.builder.seen() > 1
                ? " It was seen " + Phrases.count(incident.builder.seen(), "time") + "."
                : ""));
  }

  /** Whorl itself may have been loaded into the running JVM. */
  private static boolean isOwnAgent(AnalysisContext context, RowView row) {
    String own = context.process().agentJar();
    return own != null && row.action().equals("jdk.JavaAgent") && own.equals(row.field("name"));
  }

  private static @Nullable String kind(RowView row) {
    return switch (row.action()) {
      case "whorl.Tamper" -> {
        String what = row.field("what");
        yield what == null ? "unknown" : Phrases.cut(what, 40);
      }
      case "whorl.AgentLoad" -> "agent-loaded";
      // agents on the command line are expected
      case "jdk.JavaAgent", "jdk.NativeAgent" -> row.flag("dynamic") ? "agent-loaded" : null;
      default -> "security-property-set";
    };
  }

  private static String detail(RowView row) {
    return switch (row.action()) {
      case "whorl.Tamper" -> {
        String target = Phrases.cut(row.field("target"));
        String detail = Phrases.cut(row.field("detail"));
        yield target + (detail.isEmpty() ? "" : target.isEmpty() ? detail : ", " + detail);
      }
      case "whorl.AgentLoad" -> Phrases.agent(row);
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
          suspect ? Severity.CRITICAL : trail.mayBeIntruders(row) ? Severity.HIGH : Severity.MEDIUM;
      default ->
          suspect ? Severity.HIGH : trail.mayBeIntruders(row) ? Severity.MEDIUM : Severity.LOW;
    };
  }

  private static String sentence(String kind) {
    return switch (kind) {
      case "classes-changed" -> "another agent changed classes";
      case "recording-stopped" -> "the flight recording was stopped";
      case "recording-changed" -> "the flight recording was changed";
      case "recording-dumped" -> "a copy of the flight recording was taken";
      case "hooks-undone" -> "Whorl's hooks were removed from classes";
      case "observer-replaced" -> "the receiver of Whorl's events was replaced";
      case "transformer-removed" -> "Whorl's class transformer was removed";
      case "agent-thread-interrupted" -> "a thread of Whorl was interrupted";
      case "agent-thread-ended" -> "a thread of Whorl was ended";
      case "vm-option-set" -> "an option of the JVM was changed while it ran";
      case "security-property-set" -> "a security property was changed while the JVM ran";
      case "security-manager-set" -> "the security manager was replaced";
      case "attach-listener-started" -> "the JVM began to listen for others to attach";
      case "no-room-for-hook" -> "something was done where a stack had no room for Whorl's hooks";
      case "agent-loaded" -> "an agent was loaded into the running JVM";
      default -> "something was tampered with";
    };
  }
}
