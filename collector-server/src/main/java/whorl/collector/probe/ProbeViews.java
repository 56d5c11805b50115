package whorl.collector.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.probes.KeptCall;
import whorl.collector.store.probes.ProbeRecord;
import whorl.collector.store.probes.ProbeStatus;
import whorl.collector.store.probes.ProbedAgent;
import whorl.evidence.Json;
import whorl.evidence.channel.ProbeRequest;

/** Probes as the API shows them. */
final class ProbeViews {
  private ProbeViews() {}

  /** A probe without its agents. */
  static Map<String, Object> brief(ProbeStatus status) {
    ProbeRecord probe = status.probe();
    ProbeRequest request = probe.request();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", probe.id());
    view.put("state", status.state());
    view.put("title", request.title());
    view.put("class", request.type());
    view.put("method", request.method());
    put(view, "descriptor", request.descriptor());
    view.put("target", probe.target());
    view.put("seconds", request.seconds());
    view.put("limit", request.calls());
    view.put("arguments", request.arguments());
    view.put("stacks", request.stacks());
    view.put("await", request.await());
    view.put("reason", probe.reason());
    view.put("by", probe.by());
    view.put("requestedAt", probe.requestedAt());
    view.put("endsAt", probe.endsAt());
    put(view, "endedAt", status.endedAt());
    put(view, "why", status.why());
    view.put("calls", status.calls());
    view.put("droppedCalls", status.droppedCalls());
    return view;
  }

  static Map<String, Object> whole(ProbeStatus status, List<ProbedAgent> agents) {
    Map<String, Object> view = brief(status);
    view.put("agents", agents.stream().map(ProbeViews::agent).toList());
    return view;
  }

  private static Map<String, Object> agent(ProbedAgent agent) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("agent", agent.agent());
    view.put("service", agent.brief().service());
    put(view, "namespace", agent.brief().namespace());
    put(view, "pod", agent.brief().pod());
    put(view, "host", agent.brief().host());
    view.put("state", agent.state().word());
    put(view, "reason", agent.reason());
    view.put("calls", agent.calls());
    ProbedAgent.Facts facts = agent.facts();
    if (facts != null) {
      view.put("methods", facts.methods());
      view.put("recorded", facts.recorded());
      view.put("skipped", facts.skipped());
      view.put("lost", facts.lost());
      put(view, "restored", facts.restored());
      view.put("notes", facts.notes());
    }
    return view;
  }

  static JsonNode call(KeptCall kept) {
    ObjectNode view = Json.MAPPER.valueToTree(kept.call());
    view.put("number", kept.number());
    view.put("agent", kept.agent().value());
    view.put("service", kept.brief().service());
    if (kept.brief().pod() != null) {
      view.put("pod", kept.brief().pod());
    }
    if (kept.brief().host() != null) {
      view.put("host", kept.brief().host());
    }
    return view;
  }

  private static void put(Map<String, Object> view, String name, @Nullable Object value) {
    if (value != null) {
      view.put(name, value);
    }
  }
}
