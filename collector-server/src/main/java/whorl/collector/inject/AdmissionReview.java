package whorl.collector.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import whorl.collector.http.request.JsonBody;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * A review of {@code admission.k8s.io/v1}, as an API server posts it.
 *
 * @param uid repeated in the answer
 */
record AdmissionReview(String uid, String kind, String operation, String namespace, JsonNode pod) {
  private static final String API_VERSION = "admission.k8s.io/v1";

  /** The API server cuts off longer ones. */
  private static final int WARNING_MAX_CHARS = 240;

  private static final int MAX_WARNINGS = 10;

  /**
   * The most names, values, and beginnings and ends of objects and lists. A large pod has some
   * thousands; each may take 50 bytes of memory for three of the text.
   */
  private static final long MAX_TOKENS = 150_000;

  /** Of each kind; the answer repeats what is injected for each of them. */
  private static final int MAX_CONTAINERS = 200;

  /** Of one text, which exists several times while a review is answered. */
  private static final int MAX_CHARS = 512 << 10;

  private static final ObjectReader TREES = JsonBody.trees(MAX_TOKENS, MAX_CHARS);

  /**
   * @throws IOException if it is no review of a version that is understood, or has too many values
   */
  static AdmissionReview parse(byte[] body) throws IOException {
    JsonNode review = TREES.readTree(body);
    if (review == null || !review.isObject()) {
      throw new IOException("the body is no JSON object");
    }
    if (!API_VERSION.equals(review.path("apiVersion").asText())) {
      throw new IOException("the body is no AdmissionReview of " + API_VERSION);
    }
    JsonNode request = review.path("request");
    for (String field : List.of("containers", "initContainers")) {
      if (request.path("object").path("spec").path(field).size() > MAX_CONTAINERS) {
        throw new IOException("the pod has more than " + MAX_CONTAINERS + " " + field);
      }
    }
    return new AdmissionReview(
        request.path("uid").asText(""),
        request.path("kind").path("kind").asText(""),
        request.path("operation").asText(""),
        request.path("namespace").asText(""),
        request.path("object"));
  }

  /** True for a new pod; all else is admitted as it is. */
  boolean isNewPod() {
    return kind.equals("Pod") && operation.equals("CREATE") && pod.isObject();
  }

  /** The answer that admits the object, with a patch if it has operations. */
  static ObjectNode admitted(String uid, JsonNode patch, List<String> warnings) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("apiVersion", API_VERSION).put("kind", "AdmissionReview");
    ObjectNode response = answer.putObject("response");
    response.put("uid", uid).put("allowed", true);
    if (!patch.isEmpty()) {
      response.put("patchType", "JSONPatch");
      response.put("patch", Base64.getEncoder().encodeToString(Json.bytes(patch)));
    }
    if (!warnings.isEmpty()) {
      warnings.stream()
          .limit(MAX_WARNINGS)
          .forEach(each -> response.withArray("/warnings").add(shortened(each)));
    }
    return answer;
  }

  private static String shortened(String text) {
    return Text.atMost(text, WARNING_MAX_CHARS);
  }
}
