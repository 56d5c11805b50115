package whorl.collector.hunt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.hunts.AskedAgent;
import whorl.collector.store.hunts.AskedAgent.State;
import whorl.collector.store.hunts.FoundRow;
import whorl.collector.store.hunts.HuntRecord;
import whorl.collector.store.hunts.HuntStatus;
import whorl.collector.store.hunts.HuntTarget;
import whorl.evidence.Json;

/** Hunts as the API shows them. */
final class HuntViews {
  private HuntViews() {}

  /** A hunt without what its agents answered. */
  static Map<String, Object> brief(HuntStatus status) {
    HuntRecord hunt = status.hunt();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", hunt.id());
    view.put("state", status.state());
    view.put("kind", hunt.question().kind());
    view.put("title", hunt.title());
    view.put("question", hunt.question());
    view.put("target", target(hunt.target()));
    put(view, "reason", hunt.reason());
    view.put("by", hunt.by());
    view.put("windowSeconds", hunt.windowSeconds());
    view.put("limit", hunt.limit());
    view.put("requestedAt", hunt.requestedAt());
    view.put("expiresAt", hunt.expiresAt());
    view.put("endsAt", hunt.endsAt());
    put(view, "endedAt", status.endedAt());
    view.put("rows", status.rows());
    view.put("droppedRows", status.droppedRows());
    return view;
  }

  /**
   * A hunt with the number of its agents in each state.
   *
   * @param withRows how many agents have rows
   */
  static Map<String, Object> whole(HuntStatus status, Map<State, Long> counts, long withRows) {
    Map<String, Object> view = brief(status);
    Map<String, Long> agents = new LinkedHashMap<>();
    long all = 0;
    for (State state : State.values()) {
      long count = counts.getOrDefault(state, 0L);
      agents.put(state.word(), count);
      all += count;
    }
    agents.put("all", all);
    agents.put("withRows", withRows);
    view.put("agents", agents);
    return view;
  }

  static Map<String, Object> agent(AskedAgent asked) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("agent", asked.agent());
    put(view, asked.brief());
    view.put("state", asked.state().word());
    put(view, "reason", asked.reason());
    put(view, "askedAt", asked.askedAt());
    put(view, "answeredAt", asked.answeredAt());
    view.put("rows", asked.rows());
    AskedAgent.Facts answer = asked.answer();
    if (answer != null) {
      view.put("matched", answer.matched());
      view.put("examined", answer.examined());
      put(view, "cut", answer.cut());
      put(view, "from", answer.from());
      put(view, "to", answer.to());
      view.put("tookMillis", answer.tookMillis());
      view.put("notes", answer.notes());
    }
    return view;
  }

  static JsonNode row(FoundRow found) {
    ObjectNode view = Json.MAPPER.valueToTree(found.row());
    view.put("number", found.number());
    view.put("agent", found.agent().value());
    view.put("service", found.brief().service());
    if (found.brief().namespace() != null) {
      view.put("namespace", found.brief().namespace());
    }
    if (found.brief().pod() != null) {
      view.put("pod", found.brief().pod());
    }
    if (found.brief().host() != null) {
      view.put("host", found.brief().host());
    }
    return view;
  }

  private static Map<String, Object> target(HuntTarget target) {
    Map<String, Object> view = new LinkedHashMap<>();
    put(view, "agent", target.agent());
    put(view, "service", target.service());
    put(view, "namespace", target.namespace());
    put(view, "pod", target.pod());
    put(view, "container", target.container());
    if (!target.labels().isEmpty()) {
      view.put("labels", target.labels());
    }
    return view;
  }

  private static void put(Map<String, Object> view, AskedAgent.Brief brief) {
    view.put("service", brief.service());
    put(view, "namespace", brief.namespace());
    put(view, "pod", brief.pod());
    put(view, "host", brief.host());
  }

  private static void put(Map<String, Object> view, String name, @Nullable String value) {
    if (value != null) {
      view.put(name, value);
    }
  }

  private static void put(Map<String, Object> view, String name, @Nullable Instant value) {
    if (value != null) {
      view.put(name, value);
    }
  }
}
