package whorl.collector.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import whorl.evidence.Json;

class JsonLogTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final JsonLines lines = new JsonLines(new PrintStream(out, true, StandardCharsets.UTF_8));

  private List<JsonNode> written() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).split("\n")) {
      all.add(Json.MAPPER.readTree(line));
    }
    return all;
  }

  private Logger logger(Level level) {
    return new JsonLogger("whorl.test", level, lines);
  }

  @Test
  void line_isOneObject_alsoWithLineBreaksInIt() throws IOException {
    logger(Level.INFO).info("a {}\nb \"{}\"", 1, "\u2028x");

    JsonNode line = written().get(0);
    assertThat(written()).hasSize(1);
    assertThat(line.get("message").asText()).isEqualTo("a 1\nb \"\u2028x\"");
    assertThat(line.get("level").asText()).isEqualTo("info");
    assertThat(line.get("logger").asText()).isEqualTo("whorl.test");
    assertThat(line.get("thread").asText()).isEqualTo(Thread.currentThread().getName());
    assertThat(Instant.parse(line.get("time").asText())).isBeforeOrEqualTo(Instant.now());
    assertThat(line.has("exception")).isFalse();
  }

  @Test
  void exception_hasTypeMessageAndStack_andTheIncidentIsAField() throws IOException {
    logger(Level.INFO)
        .error("incident {}: {} failed", "0a1b2c3d", "/x", new IOException("disk full"));

    JsonNode line = written().get(0);
    assertThat(line.get("incident").asText()).isEqualTo("0a1b2c3d");
    assertThat(line.at("/exception/type").asText()).isEqualTo("java.io.IOException");
    assertThat(line.at("/exception/message").asText()).isEqualTo("disk full");
    assertThat(line.at("/exception/stack").asText()).contains("\tat whorl.collector.log");
  }

  @Test
  void levelsBelow_areNotWritten_andTheFluentFormIs() throws IOException {
    Logger logger = logger(Level.WARN);
    logger.info("not this");
    logger.atLevel(Level.DEBUG).log("nor {}", "this");
    logger.atLevel(Level.WARN).log("but {}", "this");

    assertThat(written())
        .singleElement()
        .matches(line -> line.get("message").asText().equals("but this"));
  }

  @Test
  void longMessages_areCut() throws IOException {
    logger(Level.INFO).info("x".repeat(100_000));

    assertThat(written().get(0).get("message").asText()).hasSize(16 << 10).endsWith("…");
  }

  @Test
  void levels_areThoseOfTheLongestName() {
    Properties file = new Properties();
    file.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    file.setProperty("org.slf4j.simpleLogger.log.org.apache", "warn");
    LogLevels levels = new LogLevels(file);

    assertThat(levels.of("whorl.X")).isEqualTo(Level.ERROR);
    assertThat(levels.of("org.apache.iceberg.A")).isEqualTo(Level.WARN);
    assertThat(LogLevels.configured().of("org.apache.iceberg.A")).isEqualTo(Level.WARN);
    assertThat(LogLevels.configured().of("whorl.X")).isEqualTo(Level.INFO);
  }
}
