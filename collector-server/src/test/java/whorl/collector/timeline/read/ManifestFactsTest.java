package whorl.collector.timeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestFactsTest {
  private static final long SEALED = 1_764_000_000_000_000_000L;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "86400000, 86400000",
    "-86400000, -86400000",
    "9223372036854775807,",
    "-9223372036854775807,",
    "-9223372036854775808,",
  })
  void offsetOfTheClock_isKeptOnlyIfItIsPlausible(long offset, Long kept) throws Exception {
    Path manifest =
        Files.writeString(
            folder.resolve("manifest.json"),
            "{\"version\":1,\"clockOffsetMillis\":" + offset + "}");
    IndexPlan plan =
        new IndexPlan(Map.of(), List.of(), Map.of(), manifest.toString(), SEALED, 1 << 20, true);

    assertThat(ManifestFacts.of(plan).clockOffsetMillis()).isEqualTo(kept);
  }
}
