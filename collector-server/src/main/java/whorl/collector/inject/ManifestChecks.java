package whorl.collector.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.maintenance.Check;

/**
 * Which pods of a cluster asked for the agent and lack it, and why, as far as manifests show it.
 * They are what the API server has, status included.
 */
public final class ManifestChecks {
  private static final int MAX_PODS = 50;
  private static final String INJECTION_KEY = "injection.json";
  private static final int DEFAULT_PORT = 7117;
  private static final String TRUE = "true";
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");
  private static final Set<String> NO_IMAGE =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");

  private final Map<String, JsonNode> namespaces = new LinkedHashMap<>();
  private final List<JsonNode> pods = new ArrayList<>();
  private final List<JsonNode> policies = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private int asked;
  private int injected;
  private int named;
  private Description description = usual();

  private ManifestChecks() {}

  /**
   * Checks manifests.
   *
   * @param injection the description of the injection; null for that of a ConfigMap among the
   *     objects, or else the chart's names
   * @throws IOException if the description cannot be read
   */
  public static List<Check> of(List<JsonNode> objects, byte @Nullable [] injection)
      throws IOException {
    ManifestChecks all = new ManifestChecks();
    for (JsonNode each : objects) {
      all.sort(each);
    }
    if (injection != null) {
      all.description = Description.parse(injection);
    }
    all.run();
    return List.copyOf(all.checks);
  }

  /** The names of the chart: enough to say why a pod would not get the agent. */
  private static Description usual() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return new Description(
        "-javaagent:/whorl/whorl-agent.jar",
        "whorl-agent.jar",
        List.of("kube-system", "kube-public", "kube-node-lease"),
        List.of(),
        List.of(),
        List.of(json.objectNode().put("name", "whorl-agent")),
        List.of(json.objectNode().put("name", "whorl-agent").put("mountPath", "/whorl")),
        null,
        null,
        null);
  }

  private void sort(JsonNode object) throws IOException {
    switch (object.path("kind").asText()) {
      case "Namespace" -> namespaces.put(object.path("metadata").path("name").asText(), object);
      case "Pod" -> pods.add(object);
      case "NetworkPolicy" -> policies.add(object);
      case "ConfigMap" -> {
        String text = object.path("data").path(INJECTION_KEY).asText("");
        if (!text.isEmpty()) {
          description = Description.parse(text.getBytes(StandardCharsets.UTF_8));
        }
      }
      default -> {
        // other kinds say nothing about agents
      }
    }
  }

  private void run() {
    if (pods.isEmpty()) {
      checks.add(
          Check.fail(
              "manifests",
              "there is no pod in them",
              "kubectl get pods,namespaces,networkpolicies -A -o json | whorl doctor"
                  + " --kubernetes"));
      return;
    }
    if (namespaces.isEmpty()) {
      checks.add(
          Check.warn(
              "manifests",
              "there is no namespace in them, so only labels of pods count",
              "give namespaces too: kubectl get pods,namespaces -A -o json"));
    }
    pods.forEach(this::pod);
    if (named > MAX_PODS) {
      checks.add(
          Check.fail(
              "pod", (named - MAX_PODS) + " more pods have problems", "correct these first"));
    }
    checks.add(
        asked == 0
            ? Check.warn(
                "pods",
                "none of " + pods.size() + " asks for the agent",
                "kubectl label namespace NAME " + Pod.INJECT + "=true, then restart its pods")
            : Check.ok(
                "pods",
                pods.size()
                    + " in all, "
                    + asked
                    + " ask for the agent, "
                    + injected
                    + " have it"));
  }

  private void pod(JsonNode json) {
    Pod pod = new Pod(json);
    String namespace = json.path("metadata").path("namespace").asText("default");
    if (hasEnded(json) || !asks(pod, namespace)) {
      return;
    }
    asked++;
    String name = namespace + "/" + json.path("metadata").path("name").asText();
    String given = pod.annotations().path(Pod.INJECTED).asText("");
    injected += given.isEmpty() ? 0 : 1;
    if (given.isEmpty()) {
      missing(pod, namespace, name);
    } else if (pod.annotations().has(Pod.NOT_INJECTED)) {
      problem(
          Check.warn(
              "pod",
              name + " has it in " + given + " only: " + notInjected(pod),
              "docs/kubernetes.md, When a container is left alone"));
    }
    image(json, name);
    if (!given.isEmpty()) {
      egress(json, namespace, name);
    }
  }

  /** True for what a Job or an eviction leaves behind: nothing runs in it, nor will again. */
  private static boolean hasEnded(JsonNode pod) {
    return ENDED.contains(pod.path("status").path("phase").asText());
  }

  private boolean asks(Pod pod, String namespace) {
    if (pod.optsOut() || pod.isMirror() || description.namespaces().contains(namespace)) {
      return false;
    }
    JsonNode labels = namespaces.getOrDefault(namespace, JsonNodeFactory.instance.objectNode());
    return TRUE.equals(pod.labels().path(Pod.INJECT).asText())
        || TRUE.equals(labels.path("metadata").path("labels").path(Pod.INJECT).asText());
  }

  private static String notInjected(Pod pod) {
    return pod.annotations().path(Pod.NOT_INJECTED).asText();
  }

  private void missing(Pod pod, String namespace, String name) {
    if (pod.annotations().has(Pod.NOT_INJECTED)) {
      problem(
          Check.fail(
              "pod",
              name + " lacks it: " + notInjected(pod),
              "docs/kubernetes.md, When a container is left alone; then restart it"));
      return;
    }
    if (pod.isWindows()) {
      problem(
          Check.warn(
              "pod", name + " is for Windows and is left alone", "label it whorl.io/inject=false"));
      return;
    }
    Injection would = new Injector(description, authority()).inject(asCreated(pod), namespace);
    if (would.outcome() == Injection.Outcome.NOTHING_TO_DO) {
      problem(Check.ok("pod", name + " has an agent of its own, which the label does not change"));
    } else if (would.outcome() == Injection.Outcome.NOT_POSSIBLE) {
      problem(
          Check.fail(
              "pod",
              name + " lacks it, and would not get it: " + String.join("; ", would.warnings()),
              "docs/kubernetes.md, When a container is left alone"));
    } else {
      problem(
          Check.fail(
              "pod",
              name + " lacks it, and would get it now",
              "it is older than the label, or the webhook was away: kubectl -n "
                  + namespace
                  + " rollout restart its Deployment; if that does not help, whorl doctor"
                  + " --webhook URL"));
    }
  }

  private @Nullable String authority() {
    return description.caAnnotation() == null ? null : "-";
  }

  /** Without what a running pod gets from others after its creation. */
  private static JsonNode asCreated(Pod pod) {
    ObjectNode copy = pod.json().deepCopy();
    copy.remove("status");
    return copy;
  }

  private void image(JsonNode pod, String name) {
    for (String list : List.of("initContainerStatuses", "containerStatuses")) {
      for (JsonNode status : pod.path("status").path(list)) {
        JsonNode waiting = status.path("state").path("waiting");
        String reason = waiting.path("reason").asText();
        boolean ours =
            Containers.name(status).equals(description.initContainerName())
                || status.path("image").asText().contains("whorl-agent");
        if (NO_IMAGE.contains(reason)) {
          problem(
              Check.fail(
                  ours ? "agent-image" : "image",
                  name + ": " + status.path("image").asText() + ": " + reason,
                  ours
                      ? "each node must be able to pull the agent's image: injection.installerImage"
                          + " or injection.agentImage of the chart, and a pull secret there"
                      : "this image is not Whorl's; the pod does not start without it"));
        }
      }
    }
  }

  /** Warns if policies select the pod and none of their rules has the collector's port. */
  private void egress(JsonNode pod, String namespace, String name) {
    List<String> selecting = new ArrayList<>();
    for (JsonNode policy : policies) {
      if (namespace.equals(policy.path("metadata").path("namespace").asText("default"))
          && EgressRules.restricts(policy, pod)) {
        if (EgressRules.permits(policy, port())) {
          return;
        }
        selecting.add(policy.path("metadata").path("name").asText());
      }
    }
    if (!selecting.isEmpty()) {
      problem(
          Check.fail(
              "network",
              name
                  + " may not connect to port "
                  + port()
                  + ": NetworkPolicy "
                  + String.join(", ", selecting),
              "permit egress to the collector's namespace, TCP port " + port()));
    }
  }

  private int port() {
    for (JsonNode variable : description.environment()) {
      if (Containers.name(variable).equals("WHORL_COLLECTOR_URL")) {
        String port = variable.path("value").asText().replaceFirst(".*:(\\d{1,5})/?$", "$1");
        return port.matches("\\d{1,5}") ? Integer.parseInt(port) : DEFAULT_PORT;
      }
    }
    return DEFAULT_PORT;
  }

  private void problem(Check check) {
    named++;
    if (named <= MAX_PODS) {
      checks.add(check);
    }
  }
}
