package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Jazzer finds a fuzz test's inputs by the test's package, name and method, and says nothing if it
 * finds none: they must move with the test.
 */
class FuzzInputsTest {
  private static final String ENDING = "FuzzTestInputs";
  private static final List<Path> MODULES =
      List.of(
          Path.of("../evidence"),
          Path.of("../rules"),
          Path.of("../core"),
          Path.of("../../collector-server"));

  @Test
  void inputs_belongToAMethodOfAFuzzTest() throws IOException {
    List<String> lost = new ArrayList<>();
    int inputs = 0;
    for (Path module : MODULES) {
      Path resources = module.resolve("src/test/resources");
      for (Path folder : below(resources)) {
        if (!folder.getFileName().toString().endsWith(ENDING)) {
          continue;
        }
        String test = resources.relativize(folder).toString().replaceAll("Inputs$", ".java");
        Path source = module.resolve("src/test/java").resolve(test);
        String code = Files.exists(source) ? Files.readString(source) : "";
        for (Path method : below(folder)) {
          if (method.equals(folder)) {
            continue;
          }
          inputs++;
          if (!code.contains(" " + method.getFileName() + "(")) {
            lost.add(method.toString());
          }
        }
      }
    }
    assertThat(lost).isEmpty();
    assertThat(inputs).isGreaterThan(50);
  }

  private static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isDirectory).toList();
    }
  }
}
