package whorl.collector.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.export.formats.ResultFormat;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Shows the result of a query. */
record QueryOutput(CommandContext commandContext, QuerySource source) {
  private static final int TABLE_ROWS = 200;

  int table(@Nullable Integer limit) {
    JsonNode result = json(limit == null ? TABLE_ROWS : limit);
    Terminal terminal = commandContext.terminal();
    note(result);
    if (result.path("rows").isEmpty()) {
      terminal.note("whorl: no rows");
      return ExitStatus.NOTHING_MATCHED;
    }
    List<Table.Heading> headings = new ArrayList<>();
    result.path("columns").forEach(name -> headings.add(Table.flexible(name.asText())));
    Table table = new Table(headings.toArray(Table.Heading[]::new));
    for (JsonNode row : result.path("rows")) {
      List<@Nullable Object> cells = new ArrayList<>();
      row.forEach(value -> cells.add(value.isNull() ? null : value.asText()));
      table.row(cells.toArray());
    }
    table.print(terminal);
    return ExitStatus.DONE;
  }

  int export(ResultFormat format, @Nullable Integer limit, @Nullable Path out) {
    Terminal terminal = commandContext.terminal();
    try {
      if (out != null) {
        write(format, limit, out);
        terminal.line(out.toString());
      } else if (terminal.interactive()) {
        // hostile text must not act on a terminal; in a file or pipe every byte is kept
        try (BoundedResult shown = new BoundedResult(terminal::line)) {
          source.write(format, limit, shown);
        }
      } else {
        source.write(format, limit, terminal.out());
        terminal.out().flush();
      }
      return ExitStatus.DONE;
    } catch (FileAlreadyExistsException e) {
      throw CliException.failed(out + " is there already", "move it away, or choose another --out");
    } catch (IOException e) {
      throw CliException.failed("the result can't be written: " + Problems.text(e), null);
    }
  }

  private void write(ResultFormat format, @Nullable Integer limit, Path out) throws IOException {
    boolean complete = false;
    OutputStream created = Files.newOutputStream(out, StandardOpenOption.CREATE_NEW);
    try (OutputStream file = new BufferedOutputStream(created)) {
      source.write(format, limit, file);
      complete = true;
    } finally {
      if (!complete) {
        Files.deleteIfExists(out);
      }
    }
  }

  private JsonNode json(int limit) {
    try (BoundedResult result = new BoundedResult()) {
      source.write(ResultFormat.JSON, limit, result);
      return Json.LENIENT.readTree(result.bytes());
    } catch (IOException e) {
      throw CliException.failed("the result can't be read: " + Problems.text(e), null);
    }
  }

  private void note(JsonNode result) {
    Terminal terminal = commandContext.terminal();
    if (result.has("truncated")) {
      terminal.note("whorl: " + result.path("truncated").asText() + "; raise --limit");
    }
    if (!result.path("leftOut").isEmpty()) {
      terminal.note(
          "whorl: without a timeline: "
              + Text.counted(result.path("leftOut").size(), "piece of evidence"));
    }
  }
}
