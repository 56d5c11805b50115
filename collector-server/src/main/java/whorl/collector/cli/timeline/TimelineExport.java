package whorl.collector.cli.timeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.cli.terminal.Terminal;

/** Exports a timeline in a format of other tools. */
final class TimelineExport {
  private final CommandContext commandContext;
  private final TimelineSource rows;
  private long leftOut;

  TimelineExport(CommandContext commandContext, TimelineSource rows) {
    this.commandContext = commandContext;
    this.rows = rows;
  }

  int export(String format, @Nullable Integer limit, @Nullable Path out) {
    // fetching one row first waits for the index, and shows whether any row matches
    boolean any = !Indexing.await(commandContext, () -> rows.page(1, null)).path("rows").isEmpty();
    long bytes = out == null ? print(format, limit) : download(format, limit, out);
    if (leftOut > 0) {
      commandContext
          .terminal()
          .note(
              "whorl: "
                  + leftOut
                  + (leftOut == 1 ? " row that says" : " rows that say")
                  + " the same as others left out; --duplicates shows all");
    }
    return any && bytes > 0 ? ExitStatus.DONE : ExitStatus.NOTHING_MATCHED;
  }

  private long download(String format, @Nullable Integer limit, Path out) {
    AtomicLong received = new AtomicLong();
    try (Progress progress = Progress.of(commandContext, "Downloading")) {
      progress.doing(String.valueOf(out.getFileName()));
      leftOut =
          rows.export(
              format,
              limit,
              out,
              bytes -> {
                received.set(bytes);
                progress.bytes(bytes, 0);
              });
    }
    commandContext.terminal().line(out.toString());
    return received.get();
  }

  private long print(String format, @Nullable Integer limit) {
    AtomicLong received = new AtomicLong();
    Terminal terminal = commandContext.terminal();
    // hostile text must not act on a terminal; in a file or pipe every byte is kept
    LineBreaker lines = terminal.interactive() ? new LineBreaker(terminal) : null;
    leftOut =
        rows.export(
            format,
            limit,
            bytes -> {
              received.addAndGet(bytes.remaining());
              if (lines != null) {
                lines.write(bytes);
              } else {
                write(terminal, bytes);
              }
            });
    if (lines != null) {
      lines.end();
    }
    return received.get();
  }

  private static void write(Terminal terminal, ByteBuffer bytes) throws IOException {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    terminal.out().write(copy);
    if (terminal.out().checkError()) {
      throw new Problems.LocalFileException(new IOException("the reader of the output is gone"));
    }
  }

  /** Converts bytes to complete lines of harmless text; too long lines are broken. */
  private static final class LineBreaker {
    private static final int LINE_MAX_BYTES = 1 << 20;

    private final Terminal terminal;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    LineBreaker(Terminal terminal) {
      this.terminal = terminal;
    }

    void write(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        byte b = bytes.get();
        if (b == '\n' || line.size() == LINE_MAX_BYTES) {
          end();
        }
        if (b != '\n' && b != '\r') {
          line.write(b);
        }
      }
    }

    void end() {
      if (line.size() > 0) {
        terminal.line(line.toString(StandardCharsets.UTF_8));
        line.reset();
      }
    }
  }
}
