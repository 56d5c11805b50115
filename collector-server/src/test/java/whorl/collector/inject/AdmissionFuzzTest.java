package whorl.collector.inject;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import whorl.evidence.Json;

/** Reviews and pods: refused, or the pod with the patch is one that needs no other patch. */
class AdmissionFuzzTest {
  private static Injector injector;

  @BeforeAll
  static void make() throws IOException {
    injector = InjectorTest.injector("image");
  }

  @FuzzTest
  void anyReview_isReadOrRefused(byte[] input) {
    try {
      AdmissionReview review = AdmissionReview.parse(input);
      if (review.isNewPod()) {
        patched(review.pod(), review.namespace());
      }
    } catch (IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  @FuzzTest
  void anyPod_isPatchedOnce(byte[] input) {
    JsonNode pod;
    try {
      pod = Json.LENIENT.readTree(input);
    } catch (IOException noJson) {
      return;
    }
    if (pod != null && pod.isObject()) {
      patched(pod, "shop");
    }
  }

  private static void patched(JsonNode pod, String namespace) {
    Injection injection = injector.inject(pod, namespace);
    assertThat(
            AdmissionReview.admitted("uid", injection.patch(), injection.warnings())
                .at("/response/allowed")
                .asBoolean())
        .isTrue();
    if (injection.outcome() == Injection.Outcome.INJECTED && isPod(pod)) {
      JsonNode result = JsonPatch.apply(injection.patch(), pod);
      assertThat(injector.inject(result, namespace).patch()).isEmpty();
    }
  }

  /** An API server posts no pod whose lists are not lists. */
  private static boolean isPod(JsonNode pod) {
    for (String list : List.of("volumes", "containers", "initContainers")) {
      JsonNode given = pod.at("/spec/" + list);
      if (!given.isMissingNode() && !given.isArray()) {
        return false;
      }
      for (JsonNode each : given) {
        for (String inner : List.of("env", "envFrom", "volumeMounts")) {
          if (!each.isObject() || (each.has(inner) && !each.path(inner).isArray())) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
