package whorl.collector.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import whorl.evidence.Json;

/**
 * Refuses everything but one {@code SELECT}, as DuckDB's own parser reads it: nothing that writes,
 * attaches, installs or sets, and no table function but those that make rows of their arguments.
 */
final class SelectOnly {
  private static final Set<String> TABLE_FUNCTIONS =
      Set.of("unnest", "range", "generate_series", "json_each", "json_tree", "summary");

  private SelectOnly() {}

  /**
   * @throws SqlProblemException that says what is wrong
   */
  static void require(Connection duck, String sql) throws SQLException, IOException {
    JsonNode parsed;
    try (PreparedStatement parse = duck.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)")) {
      parse.setString(1, sql);
      try (ResultSet result = parse.executeQuery()) {
        result.next();
        parsed = Json.LENIENT.readTree(result.getString(1));
      }
    }
    if (parsed.path("error").asBoolean(true)) {
      String message = parsed.path("error_message").asText("it can't be parsed");
      throw new SqlProblemException(
          message.startsWith("Only SELECT")
              ? "only SELECT is allowed; a query changes nothing"
              : message);
    }
    if (parsed.path("statements").size() != 1) {
      throw new SqlProblemException("give one SELECT, and no other statement");
    }
    requireTableFunctions(parsed);
  }

  private static void requireTableFunctions(JsonNode node) throws SqlProblemException {
    if (node.path("type").asText("").equals("TABLE_FUNCTION")) {
      String name = node.path("function").path("function_name").asText("").toLowerCase(Locale.ROOT);
      if (!TABLE_FUNCTIONS.contains(name)) {
        throw new SqlProblemException(
            "the table function "
                + name
                + " is not allowed; there are the tables timeline and evidence, and "
                + String.join(", ", TABLE_FUNCTIONS.stream().sorted().toList()));
      }
    }
    for (JsonNode child : node) {
      requireTableFunctions(child);
    }
  }
}
