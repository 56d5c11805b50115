package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Inputs of fuzz tests are replayed only where the test looks for them. */
class FuzzInputsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String ENDING = "FuzzTestInputs";

  @Test
  void everyFolderOfInputs_isOfAFuzzTest() throws IOException {
    int folders = 0;
    List<String> stray = new ArrayList<>();
    for (String module :
        List.of("agent/evidence", "agent/rules", "agent/core", "collector-server")) {
      Path tests = ROOT.resolve(module).resolve("src/test");
      for (Path inputs : inputs(tests.resolve("resources"))) {
        folders++;
        Path of = tests.resolve("resources").relativize(inputs.getParent());
        String source = of.toString().replaceFirst("Inputs$", ".java");
        Path test = tests.resolve("java").resolve(source);
        String method = "void " + inputs.getFileName() + "(byte[]";
        if (!Files.exists(test) || !Files.readString(test).contains(method)) {
          stray.add(inputs.toString());
        }
      }
    }

    assertThat(stray).as("move them with the test").isEmpty();
    assertThat(folders).isGreaterThan(50);
  }

  /** The folders of methods. */
  private static List<Path> inputs(Path resources) throws IOException {
    try (Stream<Path> all = Files.walk(resources)) {
      return all.filter(Files::isDirectory)
          .filter(folder -> String.valueOf(folder.getParent().getFileName()).endsWith(ENDING))
          .toList();
    }
  }
}
