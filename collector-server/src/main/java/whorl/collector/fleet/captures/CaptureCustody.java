package whorl.collector.fleet.captures;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * Records in custody who requests captures: one entry for each service, before its agents are
 * asked.
 */
public final class CaptureCustody implements CaptureRoutes.Requests {
  /** Agents of more services share one entry that names none. */
  private static final int SERVICES_MAX = 50;

  private static final int REASON_CHARS = 500;

  private final CustodyLog custody;

  public CaptureCustody(CustodyLog custody) {
    this.custody = custody;
  }

  @Override
  public void requested(
      CaptureOrder order,
      List<AgentIdentity> agents,
      @Nullable Id ofCase,
      String by,
      String remoteAddress)
      throws IOException {
    Map<String, List<AgentIdentity>> places = new TreeMap<>();
    for (AgentIdentity agent : agents) {
      String place = agent.service() + "\n" + agent.namespace();
      places.computeIfAbsent(place, any -> new ArrayList<>()).add(agent);
    }
    List<CustodyLog.Draft> drafts = new ArrayList<>();
    int others = 0;
    for (List<AgentIdentity> place : places.values()) {
      if (drafts.size() < SERVICES_MAX) {
        Map<String, String> detail = detail(order, place.size(), ofCase, remoteAddress);
        detail.put("service", place.get(0).service());
        String namespace = place.get(0).namespace();
        if (namespace != null) {
          detail.put("namespace", namespace);
        }
        drafts.add(draft(by, detail));
      } else {
        others += place.size();
      }
    }
    if (others > 0) {
      drafts.add(draft(by, detail(order, others, ofCase, remoteAddress)));
    }
    List<?> unused = custody.append(drafts);
  }

  private static CustodyLog.Draft draft(String by, Map<String, String> detail) {
    return new CustodyLog.Draft(
        CustodyAction.CAPTURES_REQUESTED, null, "token " + by, Map.copyOf(detail));
  }

  private static Map<String, String> detail(
      CaptureOrder order, int agents, @Nullable Id ofCase, String remoteAddress) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("agents", Integer.toString(agents));
    detail.put(
        "artifacts",
        order.artifacts().isEmpty() ? "everything but heap" : String.join(", ", order.artifacts()));
    detail.put("reason", Text.atMost(order.reason(), REASON_CHARS + 1));
    if (order.force()) {
      detail.put("force", "true");
    }
    if (ofCase != null) {
      detail.put("case", ofCase.value());
    }
    detail.put("from", remoteAddress);
    return detail;
  }
}
