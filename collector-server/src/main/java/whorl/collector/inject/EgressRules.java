package whorl.collector.inject;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** What a NetworkPolicy says about connections from a pod to a port, wherever they lead. */
final class EgressRules {
  private EgressRules() {}

  /** True if the policy selects the pod and restricts where it may connect to. */
  static boolean restricts(JsonNode policy, JsonNode pod) {
    JsonNode spec = policy.path("spec");
    boolean egress = spec.has("egress");
    for (JsonNode type : spec.path("policyTypes")) {
      egress |= "Egress".equals(type.asText());
    }
    if (!egress) {
      return false;
    }
    JsonNode selector = spec.path("podSelector");
    if (!selector.path("matchExpressions").isEmpty()) {
      return false; // not evaluated here: rather no warning than a wrong one
    }
    JsonNode labels = pod.path("metadata").path("labels");
    for (Map.Entry<String, JsonNode> wanted : selector.path("matchLabels").properties()) {
      if (!wanted.getValue().equals(labels.path(wanted.getKey()))) {
        return false;
      }
    }
    return true;
  }

  /** True if one of its rules has this port, or all ports. */
  static boolean permits(JsonNode policy, int port) {
    for (JsonNode rule : policy.path("spec").path("egress")) {
      JsonNode ports = rule.path("ports");
      if (ports.isEmpty()) {
        return true;
      }
      for (JsonNode each : ports) {
        if ("TCP".equals(each.path("protocol").asText("TCP")) && covers(each, port)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean covers(JsonNode rule, int port) {
    JsonNode first = rule.path("port");
    if (first.isMissingNode() || first.isTextual()) {
      return true; // all ports, or a name, which is not known here
    }
    return first.asInt() <= port && port <= rule.path("endPort").asInt(first.asInt());
  }
}
