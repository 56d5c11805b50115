package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Names of artifacts and ids: an accepted one never leaves its folder. */
class ArtifactNameFuzzTest {
  private static final Path FOLDER = Path.of("/bag/data");

  @FuzzTest
  void name_thatPasses_staysInItsFolder(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    if (Id.isId(text)) {
      assertThat(new Id(text).value()).isEqualTo(text).matches("[a-z0-9-]{8,64}");
    }
    ArtifactName name;
    try {
      name = new ArtifactName(text);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).contains("not an artifact name");
      return;
    }
    Path file = FOLDER.resolve(name.value());
    assertThat(file.normalize()).isEqualTo(file);
    assertThat(file.startsWith(FOLDER)).isTrue();
    assertThat(file.getNameCount() - FOLDER.getNameCount()).isBetween(1, 2);
    assertThat(name.value()).isEqualTo(text).isASCII();
  }
}
