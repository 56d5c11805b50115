package whorl.collector.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import whorl.collector.outbound.BoundedExchange;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * Makes Secrets and ConfigMaps in the namespace of this pod, with the pod's own service account. It
 * needs the verb {@code create} and no other, so it can read none.
 */
final class ClusterSecrets {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int ANSWER_MAX_BYTES = 4 << 20;
  private static final int CREATED = 201;
  private static final int CONFLICT = 409;

  private final URI api;
  private final String token;
  private final String namespace;
  private final HttpClient client;

  /**
   * @param account the folder that Kubernetes mounts, with {@code token} and {@code namespace}
   */
  ClusterSecrets(URI api, Path account, SSLContext tls) throws IOException {
    this.api = api;
    this.token = Files.readString(account.resolve("token")).strip();
    this.namespace = Files.readString(account.resolve("namespace")).strip();
    this.client = HttpClient.newBuilder().sslContext(tls).connectTimeout(TIMEOUT).build();
  }

  String namespace() {
    return namespace;
  }

  /**
   * Makes a Secret, unless one with this name is there.
   *
   * @return false if it is there: nothing was changed
   * @throws IOException if the API refuses, with its reason, or cannot be reached
   */
  boolean create(String name, String type, Map<String, byte[]> content) throws IOException {
    Map<String, String> data = new LinkedHashMap<>();
    content.forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value)));
    Map<String, Object> secret = object("Secret", name);
    secret.put("type", type);
    secret.put("data", data);
    return post("secrets", name, secret);
  }

  /**
   * Makes a ConfigMap, unless one with this name is there.
   *
   * @return false if it is there: nothing was changed
   * @throws IOException if the API refuses, with its reason, or cannot be reached
   */
  boolean createConfigMap(String name, Map<String, String> content) throws IOException {
    Map<String, Object> map = object("ConfigMap", name);
    map.put("data", content);
    return post("configmaps", name, map);
  }

  private static Map<String, Object> object(String kind, String name) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("apiVersion", "v1");
    object.put("kind", kind);
    object.put(
        "metadata", Map.of("name", name, "labels", Map.of("app.kubernetes.io/part-of", "whorl")));
    return object;
  }

  private boolean post(String resource, String name, Map<String, Object> object)
      throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(api.resolve("/api/v1/namespaces/" + namespace + "/" + resource))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(object)))
            .build();
    HttpResponse<byte[]> answer = send(request);
    if (answer.statusCode() != CREATED && answer.statusCode() != CONFLICT) {
      throw new IOException(
          "the cluster's API refuses to make the "
              + object.get("kind")
              + " "
              + name
              + " in "
              + namespace
              + ": "
              + answer.statusCode()
              + reason(answer.body()));
    }
    return answer.statusCode() == CREATED;
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return BoundedExchange.send(client, request, ANSWER_MAX_BYTES, TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the cluster's API was asked", e);
    }
  }

  /** The API's own words, from its Status object. */
  private static String reason(byte[] body) {
    try {
      JsonNode message = Json.MAPPER.readTree(body).path("message");
      return message.isTextual() ? " " + message.textValue() : "";
    } catch (IOException notJson) {
      return " " + Text.beginning(new String(body, StandardCharsets.UTF_8), 200);
    }
  }
}
