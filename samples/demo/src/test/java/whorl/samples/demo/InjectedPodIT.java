package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pod that knows nothing of the agent, as {@code whorl webhook} changes it, run by {@code podman
 * kube play}: evidence of the attack comes.
 */
final class InjectedPodIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LISTENING = Pattern.compile("webhook listening on port (\\d+)");

  /** The kubelet's part that podman lacks comes from here: namespace and node. */
  private static final String POD =
      """
      {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"name": "injected", "labels": {"app.kubernetes.io/name": "shop"},
         "annotations": {"whorl.io/labels": "team=checkout", "whorl.io/capture-after": "3s"}},
       "spec": {"hostNetwork": true,
         "securityContext": {"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532},
         "containers": [{"name": "shop", "image": "localhost/whorl-shop:java21",
           "imagePullPolicy": "IfNotPresent", "args": ["/shop/shop.jar", "--server.port=%d"],
           "env": [{"name": "POD_NAMESPACE", "value": "shop"}, {"name": "NODE_NAME", "value": "n"}],
           "securityContext": {"readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false,
             "capabilities": {"drop": ["ALL"]}},
           "resources": {"limits": {"memory": "512Mi"}}}]}}
      """;

  @TempDir Path folder;

  @Test
  void attack_onAPodWithTheLabel_isRecorded() throws Exception {
    Engine engine = World.engineOrSkip();
    if (!engine.podman()) {
      System.out.println("SKIPPED: kube play needs podman");
    }
    assumeTrue(engine.podman(), "kube play needs podman");
    try (World world = World.withTls(folder)) {
      int port = Shop.freePort();
      JsonNode pod = injected(world, JSON.readTree(POD.formatted(port)));
      assertThat(pod.at("/metadata/annotations/whorl.io~1injected").asText()).isEqualTo("shop");
      Path manifest = manifest(world, pod);
      engine.run("kube", "play", manifest.toString());
      try {
        JsonNode agent = world.awaitAgent();
        assertThat(agent.path("pod").asText()).isEqualTo("injected");
        assertThat(agent.path("service").asText()).isEqualTo("shop");
        assertThat(agent.path("labels").path("team").asText()).isEqualTo("checkout");
        URI shop = URI.create("http://127.0.0.1:" + port);
        Waiting.until("answer of the shop", World.PATIENCE, () -> Shop.answers(shop) ? shop : null);

        AttackRun attack = AttackRun.on(shop, world.jars.attack());
        assertThat(attack.status()).as(String.join("\n", attack.lines())).isZero();

        world.assertTellsTheAttack(world.awaitSealed());
      } finally {
        engine.run("kube", "down", "--force", manifest.toString());
      }
    }
  }

  /** The pod after the webhook's patch. */
  private JsonNode injected(World world, JsonNode pod) throws Exception {
    Path tls = folder.resolve("tls");
    Path description = folder.resolve("injection.json");
    String ofTheChart =
        Files.readString(
            world.jars.root().resolve("deploy/src/test/resources/injection/initContainer.json"));
    Files.writeString(
        description,
        ofTheChart
            .replaceAll("https://whorl-collector[^\"]*", world.collector().url().toString())
            .replaceAll(
                "whorl/whorl-agent-installer:[^\"]*", "localhost/whorl-agent-installer:latest"));
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
            "webhook", Java.jar(Java.own(), Java.SHORT_LIVED, world.jars.collector(), arguments))) {
      String port = webhook.awaitLine(LISTENING, World.PATIENCE).group(1);
      ObjectNode review = JSON.createObjectNode();
      review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
      ObjectNode request = review.putObject("request");
      request.put("uid", "1").put("operation", "CREATE").put("namespace", "shop");
      request.putObject("kind").put("kind", "Pod");
      request.set("object", pod);
      HttpResponse<byte[]> answer =
          client(tls.resolve("ca.pem"))
              .send(
                  HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/inject"))
                      .POST(HttpRequest.BodyPublishers.ofString(review.toString()))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      JsonNode response = JSON.readTree(answer.body()).path("response");
      assertThat(response.path("allowed").asBoolean()).isTrue();
      byte[] patch = Base64.getDecoder().decode(response.path("patch").asText());
      return JsonPatch.apply(JSON.readTree(patch), pod);
    }
  }

  /**
   * The pod as podman can play it: it has no projected volumes, so a Secret holds the token and the
   * authority that the kubelet would put there.
   */
  private Path manifest(World world, JsonNode pod) throws IOException {
    ObjectNode secret = JSON.createObjectNode();
    secret.put("apiVersion", "v1").put("kind", "Secret");
    secret.putObject("metadata").put("name", "whorl-access");
    secret
        .putObject("stringData")
        .put("token", world.collector().token("agent"))
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

  private static HttpClient client(Path authority) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "it",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(authority))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }
}
