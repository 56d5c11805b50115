package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code helm uninstall} leaves is what docs/removal.md says. */
class RemovalTest {
  private static final String HOOK = "helm.sh/hook";

  private Helm helm;

  @BeforeEach
  void find() {
    Helm found = Helm.find();
    Assumptions.assumeTrue(
        found != null, "no helm on the path: put it there, or give -Dwhorl.helm=FILE");
    helm = found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "webhook", "policy"})
  void uninstall_leavesTheVolumeAndWhatTheJobMade(String mode) throws Exception {
    Helm.Outcome outcome =
        helm.template(List.of("--kube-version", "1.36.0", "--set", "injection.mode=" + mode));
    assertThat(outcome.status()).as(outcome.output()).isZero();
    List<String> left = new ArrayList<>();
    for (Map<String, Object> each : Manifests.parse(outcome.output()).all()) {
      Map<String, Object> annotations = annotations(each);
      if ("keep".equals(annotations.get("helm.sh/resource-policy"))) {
        left.add(each.get("kind") + " `" + Manifests.name(each) + "`");
      }
      if (annotations.containsKey(HOOK)) {
        assertThat(String.valueOf(annotations.get(HOOK + "-delete-policy")))
            .as(Manifests.name(each))
            .contains("hook-succeeded");
      }
      if ("Job".equals(each.get("kind"))) {
        left.addAll(madeBy(each));
      }
    }

    assertThat(left).hasSize(5);
    assertThat(Files.readString(Command.ROOT.resolve("docs/removal.md"))).contains(left);
  }

  /** The names in the Job's arguments. */
  @SuppressWarnings("unchecked")
  private static List<String> madeBy(Map<String, Object> job) {
    List<String> made = new ArrayList<>();
    List<String> arguments =
        (List<String>) Manifests.at(job, "spec", "template", "spec", "containers", 0, "args");
    for (String each : arguments) {
      String name = each.substring(each.indexOf('=') + 1);
      if (each.startsWith("--ca-config-map=")) {
        made.add("ConfigMap `" + name + "`");
      } else if (each.startsWith("--") && !each.startsWith("--host=")) {
        made.add("Secret `" + name + "`");
      }
    }
    return made;
  }

  private static Map<String, Object> annotations(Map<String, Object> manifest) {
    Map<String, Object> metadata = Manifests.map(manifest.get("metadata"));
    return metadata.containsKey("annotations")
        ? Manifests.map(metadata.get("annotations"))
        : Map.of();
  }
}
