package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonParser;
import io.fabric8.zjsonpatch.JsonPatch;
import io.kubernetes.client.openapi.models.V1Pod;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The policy against the patches of the webhook. Those are in files that the webhook's own test
 * compares with what it answers, so both ways give the same pods.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InjectionTest {
  static final String AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final boolean WRITE = Boolean.getBoolean("whorl.docs.write");

  private Helm helm;

  /** What brings the jar. */
  enum Source {
    IMAGE("image"),
    INIT_CONTAINER("initContainer");

    private final String value;

    Source(String value) {
      this.value = value;
    }
  }

  @BeforeEach
  void find() {
    Helm found = Helm.find();
    Assumptions.assumeTrue(
        found != null, "no helm on the path: put it there, or give -Dwhorl.helm=FILE");
    helm = found;
  }

  @ParameterizedTest
  @EnumSource
  void description_isThatOfTheWebhooksTests(Source source) throws Exception {
    Manifests manifests = rendered("webhook", source);
    String description =
        manifests.of("ConfigMap").stream()
            .filter(each -> Manifests.map(Manifests.at(each, "data")).containsKey("injection.json"))
            .map(each -> (String) Manifests.at(each, "data", "injection.json"))
            .findFirst()
            .orElseThrow();

    if (WRITE) {
      Files.writeString(Pods.file(source.value + ".json"), description + "\n");
    }
    assertThat(description + "\n").isEqualTo(Files.readString(Pods.file(source.value + ".json")));
  }

  @ParameterizedTest
  @EnumSource
  void policyAndWebhook_giveTheSamePods(Source source) throws Exception {
    Policy policy = policy(source);
    JsonNode answers = JSON.readTree(Files.readString(Pods.file(source.value + "-patches.json")));
    List<String> different = new ArrayList<>();
    Map<String, Map<String, Object>> pods = Pods.all();

    for (Map.Entry<String, Map<String, Object>> pod : pods.entrySet()) {
      JsonNode byPolicy = applied(pod.getValue(), JSON.valueToTree(policy.patch(pod.getValue())));
      JsonNode byWebhook = applied(pod.getValue(), answers.path(pod.getKey()));
      if (!byPolicy.equals(byWebhook)) {
        different.add(pod.getKey() + "\n  policy  " + byPolicy + "\n  webhook " + byWebhook);
      }
    }

    assertThat(different).isEmpty();
    assertThat(pods).hasSizeGreaterThan(40);
    assertThat(answers.size()).isEqualTo(pods.size());
  }

  @ParameterizedTest
  @EnumSource
  void result_isAPod_keepsAllThatWasThere_andIsNotChangedAgain(Source source) throws Exception {
    Policy policy = policy(source);

    for (Map.Entry<String, Map<String, Object>> each : Pods.all().entrySet()) {
      Map<String, Object> pod = each.getValue();
      JsonNode result = applied(pod, JSON.valueToTree(policy.patch(pod)));
      V1Pod.validateJsonElement(JsonParser.parseString(result.toString()));
      Kept.check(each.getKey(), JSON.valueToTree(pod), result);
      Map<String, Object> again = Manifests.map(JSON.treeToValue(result, Map.class));
      assertThat(policy.patch(again)).as(each.getKey()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void restrictedPods_stayRestricted_andGuaranteedOnesGuaranteed(Source source) throws Exception {
    Policy policy = policy(source);
    for (String name : List.of("restricted", "restricted-guaranteed")) {
      Map<String, Object> pod = Pods.pod(name);
      JsonNode result = applied(pod, JSON.valueToTree(policy.patch(pod)));
      Map<String, Object> spec = Manifests.map(JSON.treeToValue(result.path("spec"), Map.class));

      Restricted.checkStandard(spec);
      for (JsonNode container : result.path("spec").path("initContainers")) {
        assertThat(container.path("resources").path("limits"))
            .isEqualTo(container.path("resources").path("requests"));
      }
    }
  }

  private static JsonNode applied(Map<String, Object> pod, JsonNode patch) {
    return JsonPatch.apply(patch, JSON.valueToTree(pod));
  }

  private Policy policy(Source source) throws Exception {
    Manifests manifests = rendered("policy", source);
    Map<String, Object> parameters = Map.of("data", Map.of("ca.crt", AUTHORITY));
    return new Policy(manifests.only("MutatingAdmissionPolicy"), parameters);
  }

  private Manifests rendered(String mode, Source source) throws Exception {
    Helm.Outcome outcome =
        helm.template(
            List.of(
                "--kube-version=1.36.0",
                "--set=injection.mode=" + mode,
                "--set=injection.source=" + source.value));
    assertThat(outcome.status()).as(outcome.output()).isZero();
    return Manifests.parse(outcome.output());
  }
}
