package whorl.collector.inject;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import whorl.collector.inject.Injection.Outcome;

/**
 * What is injected into the pods of the chart's tests, with the descriptions that the chart
 * renders. The answers are in files, with which the chart's tests compare its policy.
 */
class InjectorTest {
  static final Path FOLDER = Path.of("../deploy/src/test/resources/injection");
  static final String AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"image", "initContainer"})
  void patches_areThoseOfTheFile(String source) throws IOException {
    Injector injector = injector(source);
    StringBuilder answers = new StringBuilder("{");
    for (Map.Entry<String, JsonNode> pod : pods().entrySet()) {
      ArrayNode patch = inject(injector, pod.getValue()).patch();
      answers.append(answers.length() > 1 ? "," : "").append("\n\"" + pod.getKey() + "\": [");
      for (int i = 0; i < patch.size(); i++) {
        answers.append(i > 0 ? "," : "").append("\n  ").append(patch.get(i));
      }
      answers.append("]");
    }
    answers.append("\n}\n");
    Path file = FOLDER.resolve(source + "-patches.json");

    if (Boolean.getBoolean("whorl.docs.write")) {
      Files.writeString(file, answers);
    }
    assertThat(answers.toString()).isEqualTo(Files.readString(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"image", "initContainer"})
  void itsOwnResult_isNotChanged(String source) throws IOException {
    Injector injector = injector(source);
    for (Map.Entry<String, JsonNode> pod : pods().entrySet()) {
      JsonNode result = JsonPatch.apply(inject(injector, pod.getValue()).patch(), pod.getValue());

      assertThat(inject(injector, result).patch()).as(pod.getKey()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "plain, INJECTED",
    "several-partly, PARTLY",
    "options-value-from, NOT_POSSIBLE",
    "volume-clash, NOT_POSSIBLE",
    "own-agent, NOTHING_TO_DO",
    "again-complete, NOTHING_TO_DO",
    "opted-out, LEFT_ALONE",
    "windows, LEFT_ALONE",
    "mirror, LEFT_ALONE",
    "kube-system, LEFT_ALONE",
  })
  void outcome_saysWhatBecameOfThePod(String name, Outcome outcome) throws IOException {
    assertThat(inject(injector("image"), pod(name)).outcome()).isEqualTo(outcome);
  }

  @Test
  void personIsWarned_ofWhatIsNotInjected_andOfUnknownKeys() throws IOException {
    assertThat(inject(injector("image"), pod("several-partly")).warnings())
        .containsExactly("whorl: not injected: from: JAVA_TOOL_OPTIONS comes from valueFrom");
    assertThat(inject(injector("image"), pod("misspelled")).warnings())
        .containsExactly("whorl: unknown and ignored: whorl.io/capture-afer");
    assertThat(inject(injector("image"), pod("settings")).warnings()).isEmpty();
  }

  @Test
  void existingAgents_comeFirst() throws IOException {
    for (String name : new String[] {"opentelemetry", "datadog"}) {
      JsonNode pod = pod(name);
      JsonNode result = JsonPatch.apply(inject(injector("image"), pod).patch(), pod);
      String before = pod.at("/spec/containers/0/env/0/value").asText();

      assertThat(result.at("/spec/containers/0/env/0/value").asText())
          .isEqualTo(before + " -javaagent:/whorl/whorl-agent.jar -XX:+StartAttachListener");
    }
  }

  /** Kubernetes refuses a pod whose annotations have more than 256 KiB. */
  @Test
  void podWhoseAnnotationsHaveNoRoom_staysAPodThatKubernetesTakes() throws IOException {
    int room = 256 << 10;
    Injection large = inject(injector("image"), withAnnotation(room - 1_000));
    Injection larger = inject(injector("image"), withAnnotation(room - 80));
    Injection full = inject(injector("image"), withAnnotation(room));

    assertThat(large.outcome()).isEqualTo(Outcome.INJECTED);
    assertThat(larger.outcome()).isEqualTo(Outcome.NOT_POSSIBLE);
    assertThat(larger.patch()).hasSize(1);
    assertThat(larger.patch().get(0).path("path").asText())
        .isEqualTo("/metadata/annotations/whorl.io~1not-injected");
    assertThat(full.outcome()).isEqualTo(Outcome.NOT_POSSIBLE);
    assertThat(full.patch()).isEmpty();
    assertThat(full.warnings())
        .containsExactly(
            "whorl: not injected: its annotations have no room for those of the agent");
  }

  /**
   * @param bytes of the annotations
   */
  private static JsonNode withAnnotation(int bytes) throws IOException {
    ObjectNode pod = pod("plain").deepCopy();
    String name = "example.org/large";
    ObjectNode annotations = JSON.createObjectNode();
    annotations.put(name, "x".repeat(bytes - name.length()));
    pod.withObject("/metadata").set("annotations", annotations);
    return pod;
  }

  /** Anybody who can reach the webhook may post a review, whose workers are few. */
  @Test
  @Timeout(20)
  void manyContainersAndNames_areComparedOnce() throws IOException {
    StringBuilder names = new StringBuilder();
    StringBuilder containers = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      names.append("n").append(i).append(',');
      containers.append(i == 0 ? "" : ",").append("{\"name\":\"c").append(i).append("\"}");
    }
    JsonNode pod =
        JSON.readTree(
            "{\"metadata\":{\"annotations\":{\"whorl.io/container\":\""
                + names
                + "\"}},\"spec\":{\"containers\":["
                + containers
                + "]}}");

    assertThat(inject(injector("image"), pod).outcome()).isEqualTo(Outcome.NOT_POSSIBLE);
  }

  static Injection inject(Injector injector, JsonNode pod) {
    return injector.inject(pod, pod.path("metadata").path("namespace").asText("shop"));
  }

  static Injector injector(String source) throws IOException {
    Path file = FOLDER.resolve(source + ".json");
    return new Injector(Description.parse(Files.readAllBytes(file)), AUTHORITY);
  }

  static JsonNode pod(String name) throws IOException {
    return Objects.requireNonNull(pods().get(name), name);
  }

  static Map<String, JsonNode> pods() throws IOException {
    Map<String, JsonNode> pods = new LinkedHashMap<>();
    LoadSettings settings = LoadSettings.builder().build();
    for (Object document :
        new Load(settings).loadAllFromString(Files.readString(FOLDER.resolve("pods.yaml")))) {
      JsonNode pod = JSON.valueToTree(document);
      pods.put(pod.path("metadata").path("name").asText(), pod);
    }
    return pods;
  }
}
