package whorl.collector.cli.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.command.TemporaryFolder;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.export.formats.ResultFormat;
import whorl.collector.sql.SqlAnswer;
import whorl.collector.sql.SqlLimits;
import whorl.collector.sql.SqlPiece;
import whorl.collector.sql.SqlQueries;
import whorl.collector.sql.SqlResult;

/** Answers a question in SQL in this process, as a collector does. */
final class LocalQuery {
  private LocalQuery() {}

  /**
   * Writes the answer.
   *
   * @param limit of rows; null for the usual one
   */
  static void answer(
      String sql,
      List<SqlPiece> pieces,
      ResultFormat format,
      @Nullable Integer limit,
      OutputStream out)
      throws IOException {
    try (TemporaryFolder temporary = TemporaryFolder.open()) {
      Path work = temporary.path().resolve("work");
      try (SqlQueries queries =
          new SqlQueries(work, () -> temporary.path().toFile().getUsableSpace())) {
        SqlLimits limits = limit == null ? SqlLimits.STANDARD : SqlLimits.STANDARD.rows(limit);
        try (SqlResult result = found(queries.ask(sql, pieces, limits))) {
          List<String> leftOut =
              pieces.stream()
                  .filter(piece -> piece.rows() == null)
                  .map(piece -> piece.id().value())
                  .toList();
          format.write(result, leftOut, out);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CliException.failed("interrupted", null);
      }
    }
  }

  private static SqlResult found(SqlAnswer answer) {
    if (answer instanceof SqlAnswer.Found found) {
      return found.result();
    }
    if (answer instanceof SqlAnswer.Refused refused) {
      throw CliException.failed(refused.problem(), null);
    }
    throw CliException.failed(
        answer instanceof SqlAnswer.TooExpensive expensive
            ? expensive.problem()
            : ((SqlAnswer.Busy) answer).problem(),
        null);
  }
}
