package whorl.collector.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lists of agents, CycloneDX among them: things, or the file is refused. */
class ThingReaderFuzzTest {
  @FuzzTest
  void anyArtifact_isReadOrRefused(byte[] input) throws IOException {
    Path file = Files.createTempFile("things", "");
    try {
      Files.write(file, input);
      for (ThingKind kind : ThingKind.values()) {
        try {
          ThingReader read = ThingReader.read(kind, file);
          assertThat(read.things()).isNotNull();
          assertThat(read.unreadable()).isBetween(0L, (long) input.length + 1);
        } catch (IOException refused) {
          assertThat(refused.getMessage()).isNotBlank();
        }
      }
    } finally {
      Files.delete(file);
    }
  }
}
