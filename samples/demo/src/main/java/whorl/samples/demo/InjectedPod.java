package whorl.samples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pod that knows nothing of the agent, as {@code whorl webhook} changes it with the description
 * that the chart renders, run by {@code podman kube play}.
 *
 * @param before the pod as a Deployment makes it
 * @param after what the API server would have stored
 * @param manifest what podman plays
 */
record InjectedPod(JsonNode before, JsonNode after, Path manifest) {
  static final String NAME = "injected";
  private static final List<String> VOLUMES = List.of("whorl-agent", "whorl-access");
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LISTENING = Pattern.compile("webhook listening on port (\\d+)");

  /** What podman lacks comes from here: the namespace and the node of the downward API. */
  private static final String POD =
      """
      {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"name": "injected", "labels": {"app.kubernetes.io/name": "shop"}},
       "spec": {"hostNetwork": true,
         "securityContext": {"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532},
         "containers": [{"name": "shop", "image": "localhost/whorl-shop:java21",
           "imagePullPolicy": "IfNotPresent", "args": ["/shop/shop.jar", "--server.port=%d"],
           "env": [{"name": "POD_NAMESPACE", "value": "shop"}, {"name": "NODE_NAME", "value": "n"}],
           "securityContext": {"readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false,
             "capabilities": {"drop": ["ALL"]}},
           "resources": {"limits": {"memory": "512Mi"}}}]}}
      """;

  /**
   * The shop as a Deployment makes it, without a word of the agent.
   *
   * @param port where it is to listen
   */
  static JsonNode shop(int port) throws IOException {
    return JSON.readTree(POD.formatted(port));
  }

  /**
   * Has the webhook change the pod.
   *
   * @param injection the description that the chart renders, as JSON
   * @param collector with TLS
   * @param tls its certificates, which the webhook has too
   * @param before the pod
   */
  static InjectedPod make(
      Jars jars, String injection, Collector collector, Path tls, Path folder, JsonNode before)
      throws IOException {
    Path description = folder.resolve("injection.json");
    Files.writeString(
        description,
        injection
            .replaceAll("https://whorl-collector[^\"]*", collector.url().toString())
            .replaceAll(
                "\"[^\"]*whorl-agent-installer:[^\"]*\"",
                "\"localhost/whorl-agent-installer:latest\""));
    JsonNode after = before.deepCopy();
    Additions.apply(review(jars, collector, tls, description, before), after);
    return new InjectedPod(before, after, manifest(collector, after.deepCopy(), folder));
  }

  private static JsonNode review(
      Jars jars, Collector collector, Path tls, Path description, JsonNode pod) throws IOException {
    List<String> arguments =
        List.of(
            "webhook",
            "--listen=127.0.0.1:0",
            "--tls-cert=" + tls.resolve("server.pem"),
            "--tls-key=" + tls.resolve("server-key.pem"),
            "--injection=" + description,
            "--ca=" + tls.resolve("ca.pem"));
    try (Child webhook =
        Child.start(
            "webhook", Java.jar(Java.own(), Java.SHORT_LIVED, jars.collector(), arguments))) {
      String port = webhook.awaitLine(LISTENING, PATIENCE).group(1);
      ObjectNode review = JSON.createObjectNode();
      review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
      ObjectNode request = review.putObject("request");
      request.put("uid", "1").put("operation", "CREATE").put("namespace", "shop");
      request.putObject("kind").put("kind", "Pod");
      request.set("object", pod);
      HttpClient client = collector.client();
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/inject"))
                  .timeout(PATIENCE)
                  .POST(HttpRequest.BodyPublishers.ofString(review.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      JsonNode response = JSON.readTree(answer.body()).path("response");
      if (!response.has("patch")) {
        throw new IllegalStateException("the webhook changes nothing: " + response);
      }
      return JSON.readTree(Base64.getDecoder().decode(response.path("patch").asText()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * The pod as podman can play it: it has no projected volumes, so a Secret holds the token and the
   * authority that the kubelet would put there.
   */
  private static Path manifest(Collector collector, JsonNode pod, Path folder) throws IOException {
    ObjectNode secret = JSON.createObjectNode();
    secret.put("apiVersion", "v1").put("kind", "Secret");
    secret.putObject("metadata").put("name", "whorl-access");
    secret
        .putObject("stringData")
        .put("token", collector.token("agent"))
        .put("ca.crt", pod.at("/metadata/annotations/whorl.io~1ca").asText());
    for (JsonNode volume : pod.path("spec").path("volumes")) {
      if (volume.path("name").asText().equals("whorl-access")) {
        ObjectNode access = (ObjectNode) volume;
        access.remove("projected");
        access.putObject("secret").put("secretName", "whorl-access");
      }
    }
    return Files.writeString(folder.resolve("pod.yaml"), secret + "\n---\n" + pod + "\n");
  }

  /** Runs it, until that is closed. */
  PlayedPod play(Engine engine) {
    return PlayedPod.play(engine, manifest, VOLUMES);
  }
}
