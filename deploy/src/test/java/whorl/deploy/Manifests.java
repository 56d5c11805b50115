package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Rendered manifests. Values are maps, lists and scalars, as YAML has them. */
@SuppressWarnings("unchecked")
final class Manifests {
  private static final Gson GSON = new Gson();
  private static final String MODELS = "io.kubernetes.client.openapi.models.V1";

  /** The models know these kinds only in the version before, which has the same fields. */
  private static final List<String> NEWER_KINDS =
      List.of("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding");

  private final List<Map<String, Object>> all = new ArrayList<>();

  static Manifests parse(String yaml) {
    Manifests manifests = new Manifests();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      if (document != null) {
        manifests.all.add((Map<String, Object>) document);
      }
    }
    return manifests;
  }

  List<Map<String, Object>> all() {
    return all;
  }

  List<Map<String, Object>> of(String kind) {
    return all.stream().filter(each -> kind.equals(each.get("kind"))).toList();
  }

  Map<String, Object> only(String kind) {
    List<Map<String, Object>> found = of(kind);
    assertThat(found).as(kind).hasSize(1);
    return found.get(0);
  }

  /** The specs of all pods that the manifests lead to. */
  List<Map<String, Object>> pods() {
    List<Map<String, Object>> pods = new ArrayList<>();
    for (Map<String, Object> each : all) {
      if (List.of("Deployment", "Job").contains(each.get("kind"))) {
        pods.add(map(at(each, "spec", "template", "spec")));
      }
    }
    return pods;
  }

  /** Checks each against the model of its kind: unknown and missing fields are refused. */
  void checkKinds() throws ReflectiveOperationException {
    for (Map<String, Object> each : all) {
      String group = String.valueOf(each.get("apiVersion"));
      if (group.contains("coreos.com") || group.contains("cert-manager.io")) {
        continue; // not Kubernetes' own
      }
      String kind = String.valueOf(each.get("kind"));
      Class<?> model = Class.forName(MODELS + (NEWER_KINDS.contains(kind) ? "beta1" : "") + kind);
      model.getMethod("validateJsonElement", JsonElement.class).invoke(null, GSON.toJsonTree(each));
    }
  }

  static Object at(Object from, Object... path) {
    Object value = from;
    for (Object step : path) {
      value =
          step instanceof Integer index
              ? ((List<Object>) value).get(index)
              : ((Map<String, Object>) value).get(step);
      assertThat(value).as(String.join(".", List.of(path).toString())).isNotNull();
    }
    return value;
  }

  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  static List<Map<String, Object>> maps(Object value) {
    return (List<Map<String, Object>>) value;
  }

  static String name(Map<String, Object> manifest) {
    return String.valueOf(at(manifest, "metadata", "name"));
  }
}
