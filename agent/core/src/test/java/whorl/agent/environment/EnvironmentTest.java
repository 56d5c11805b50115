package whorl.agent.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
  private static final Path ROOT = Path.of("/");

  @TempDir private Path folder;

  @Test
  void folderForEvidence_isMade_andTriedOut() throws Exception {
    Path kept = folder.resolve("volume/kept");

    Environment environment = Environment.probe(ROOT, null, kept);

    assertThat(environment.evidenceProblem()).isNull();
    assertThat(environment.capabilities()).containsEntry("evidence.dir", true);
    assertThat(kept).isEmptyDirectory();
    assertThat(environment.writableFolders()).extracting(WritableFolder::path).contains(kept);
  }

  @Test
  void folderForEvidenceThatCannotBeWritten_isNamed() throws Exception {
    Path kept = Files.createFile(folder.resolve("file")).resolve("kept");

    Environment environment = Environment.probe(ROOT, null, kept);

    assertThat(environment.evidenceProblem())
        .startsWith(kept + " cannot be written (")
        .endsWith("), so no evidence is kept there");
    assertThat(environment.capabilities())
        .containsEntry("evidence.dir", environment.evidenceProblem());
  }

  @Test
  void withoutFolderForEvidence_hasNoSuchCheck() {
    Environment environment = Environment.probe(ROOT, folder, null);

    assertThat(environment.evidenceProblem()).isNull();
    assertThat(environment.capabilities()).doesNotContainKey("evidence.dir");
  }
}
