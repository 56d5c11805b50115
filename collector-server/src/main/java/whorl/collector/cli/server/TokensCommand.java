package whorl.collector.cli.server;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.http.auth.Tokens;

@Command(
    name = "tokens",
    header = "Make a file with a token for each role.",
    description = {
      "",
      "Writes the tokens to a new file (mode 0600) and prints none of them. Several collectors need"
          + " the same file: serve --tokens FILE. One collector alone makes its own at its first"
          + " start.",
    },
    footer = {"%nExample:", "  whorl tokens tokens.txt"})
@SuppressWarnings("NullAway.Init") // picocli sets required parameters
public final class TokensCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(paramLabel = "FILE", description = "The new file.")
  private Path file;

  public TokensCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    try {
      Tokens.make(file, new SecureRandom());
      commandContext.terminal().line("wrote " + file);
      return ExitStatus.DONE;
    } catch (FileAlreadyExistsException e) {
      throw CliException.failed(
          file + " exists already", "keep it, or name a file that is not there");
    } catch (IOException e) {
      throw CliException.failed("cannot write " + file + ": " + Problems.text(e), null);
    }
  }
}
