package whorl.readers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Date;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;

/** Compares what an engine answers with what DuckDB answered, in texts. */
final class Answers {
  private Answers() {}

  /** Who is asked. */
  @FunctionalInterface
  interface Engine {
    List<List<String>> ask(String sql) throws Exception;
  }

  /** Asks each question of {@code answers}. */
  static void requireSame(JsonNode answers, Engine engine) throws Exception {
    for (JsonNode answer : answers) {
      String sql = answer.get("sql").asText();
      List<List<String>> expected = new ArrayList<>();
      for (JsonNode row : answer.get("rows")) {
        List<String> texts = new ArrayList<>();
        row.forEach(value -> texts.add(value.isNull() ? null : value.asText()));
        expected.add(texts);
      }
      assertThat(engine.ask(sql)).as(sql).isEqualTo(expected);
    }
    assertThat(answers.size()).isGreaterThan(10);
  }

  /** The text of an engine's value. */
  static String text(Object value) {
    if (value instanceof Timestamp time) {
      return time.toInstant().toString();
    }
    if (value instanceof Date day) {
      return day.toLocalDate().toString();
    }
    return value == null ? null : value.toString();
  }
}
