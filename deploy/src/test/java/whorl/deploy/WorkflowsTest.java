package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A forge's workflows call what is in the repository, and actions that cannot change. */
class WorkflowsTest {
  private static final Pattern PINNED = Pattern.compile("[\\w.-]+/[\\w./-]+@[0-9a-f]{40}");
  private static final Pattern PROGRAM =
      Pattern.compile("(?m)(?:^|[(|&;] *)((?:\\.ci|\\w+)/[\\w./-]+)");
  private static final Pattern PROFILES = Pattern.compile(" -P(\\S+)");
  private static final Pattern MODULES = Pattern.compile(" -pl (\\S+)");
  private static final Pattern PROPERTY = Pattern.compile("-D(images\\.[a-z.]+)");

  static Stream<Path> workflows() throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.list(Command.ROOT.resolve(".github/workflows"))) {
      found = files.sorted().toList();
    }
    assertThat(found).hasSize(2);
    return found.stream();
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void actions_arePinnedByCommit(Path file) throws IOException {
    for (Map<String, Object> step : parts(file, "uses")) {
      String action = String.valueOf(step.get("uses"));
      if (action.startsWith("./")) {
        assertThat(Command.ROOT.resolve(action)).exists();
      } else {
        assertThat(action).matches(PINNED);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void rights_areGivenToJobs(Path file) throws IOException {
    assertThat(workflow(file)).containsEntry("permissions", Map.of("contents", "read"));
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void commands_existInTheRepository(Path file) throws IOException {
    String images = Files.readString(Command.ROOT.resolve("deploy/images/pom.xml"));
    String root = Files.readString(Command.ROOT.resolve("pom.xml"));
    for (Map<String, Object> step : parts(file, "run")) {
      String script = String.valueOf(step.get("run"));
      assertThat(script).as("values come by env, so that none is run").doesNotContain("${{");
      for (String program : all(PROGRAM, script)) {
        assertThat(Command.ROOT.resolve(program)).isExecutable();
      }
      for (String profile : all(PROFILES, script)) {
        assertThat(root + images).contains("<id>" + profile + "</id>");
      }
      for (String module : all(MODULES, script)) {
        assertThat(Command.ROOT.resolve(module).resolve("pom.xml")).exists();
      }
      for (String property : all(PROPERTY, script)) {
        assertThat(images).contains("${" + property + "}");
      }
    }
  }

  /** What the pattern's group finds, and each of what is separated by commas. */
  private static Set<String> all(Pattern pattern, String script) {
    Set<String> found = new HashSet<>();
    pattern
        .matcher(script)
        .results()
        .forEach(each -> found.addAll(List.of(each.group(1).split(",", -1))));
    return found;
  }

  private static Map<String, Object> workflow(Path file) throws IOException {
    return Manifests.parse(Files.readString(file)).all().get(0);
  }

  /** The jobs and steps that have this key. */
  private static List<Map<String, Object>> parts(Path file, String key) throws IOException {
    List<Map<String, Object>> parts = new ArrayList<>();
    for (Object value : Manifests.map(Manifests.at(workflow(file), "jobs")).values()) {
      Map<String, Object> job = Manifests.map(value);
      parts.add(job);
      if (job.containsKey("steps")) {
        parts.addAll(Manifests.maps(Manifests.at(job, "steps")));
      }
    }
    parts.removeIf(each -> !each.containsKey(key));
    assertThat(parts).as(key).isNotEmpty();
    return parts;
  }
}
