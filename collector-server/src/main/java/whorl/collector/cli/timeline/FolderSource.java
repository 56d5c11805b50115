package whorl.collector.cli.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.export.formats.ResultFormat;
import whorl.collector.sql.EvidenceSelection;
import whorl.collector.sql.FolderEvidence;
import whorl.collector.sql.SqlPiece;

/** This command answers, from a data folder. */
record FolderSource(Path data, EvidenceSelection selection, String sql) implements QuerySource {
  @Override
  public void write(ResultFormat format, @Nullable Integer limit, OutputStream out)
      throws IOException {
    List<SqlPiece> pieces;
    try {
      pieces = FolderEvidence.of(data, selection);
    } catch (IOException e) {
      throw CliException.failed(Problems.text(e), "give --data the folder of `whorl serve`");
    }
    if (pieces.isEmpty()) {
      throw new CliException(
          ExitStatus.NOTHING_MATCHED,
          "no such evidence in " + data,
          "look into its evidence folder");
    }
    LocalQuery.answer(sql, pieces, format, limit, out);
  }
}
