package whorl.agent.life;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Files that a crashed JVM left on the disk, or that someone else put there. */
class LeftFuzzTest {
  private static final int MAX_BYTES = 4_000;

  @FuzzTest
  void anyMark_isALifeOrNone(byte[] input) throws IOException {
    Properties properties = new Properties();
    try {
      properties.load(new ByteArrayInputStream(input));
    } catch (IllegalArgumentException malformed) {
      return;
    }
    RunRecord runRecord = RunRecord.of(properties);
    if (runRecord != null) {
      assertThat(RunRecord.of(runRecord.toProperties())).isEqualTo(runRecord);
    }
  }

  @FuzzTest
  void anyChunk_isFoundIfItMayBeRead(byte[] input) throws IOException {
    Path folder = Files.createTempDirectory("chunks");
    Path chunk = folder.resolve("2026_01_02_03_04_05.jfr");
    try {
      Files.write(chunk, input);
      if (!OrphanChunks.newest(folder, MAX_BYTES).isEmpty()) {
        assertThat(input).startsWith("FLR\0".getBytes(StandardCharsets.US_ASCII));
      }
    } finally {
      Files.delete(chunk);
      Files.delete(folder);
    }
  }
}
