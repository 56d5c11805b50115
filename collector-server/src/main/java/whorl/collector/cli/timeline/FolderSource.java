package whorl.collector.cli.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.export.formats.ResultFormat;
import whorl.collector.sql.FolderEvidence;
import whorl.collector.sql.SqlAnswer;
import whorl.collector.sql.SqlLimits;
import whorl.collector.sql.SqlPiece;
import whorl.collector.sql.SqlQueries;
import whorl.collector.sql.SqlResult;
import whorl.evidence.Id;

/** This command answers, from a data folder. */
record FolderSource(
    Path data, List<Id> evidence, @Nullable String since, @Nullable String until, String sql)
    implements QuerySource {
  @Override
  public void write(ResultFormat format, @Nullable Integer limit, OutputStream out)
      throws IOException {
    List<SqlPiece> pieces;
    try {
      pieces = FolderEvidence.of(data, time("--since", since), time("--until", until), evidence);
    } catch (IOException e) {
      throw CliException.failed(Problems.text(e), "give --data the folder of `whorl serve`");
    }
    if (pieces.isEmpty()) {
      throw new CliException(
          ExitStatus.NOTHING_MATCHED,
          "no such evidence in " + data,
          "look into its evidence folder");
    }
    Path temporary = Files.createTempDirectory("whorl-query");
    try (SqlQueries queries =
        new SqlQueries(temporary.resolve("work"), () -> temporary.toFile().getUsableSpace())) {
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
    } finally {
      Files.deleteIfExists(temporary.resolve("work/jvms"));
      Files.deleteIfExists(temporary.resolve("work"));
      Files.deleteIfExists(temporary);
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

  private static @Nullable Instant time(String option, @Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw CliException.usage(
          option + " " + text + " is no time of RFC 3339", "such as 2026-11-25T09:30:00Z");
    }
  }
}
