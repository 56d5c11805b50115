package whorl.collector.cli.server;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.publish.LogKey;

@Command(
    name = "custody-key",
    header = "Make the key that signs the custody log of several collectors.",
    description = {
      "",
      "Writes the key to a new file (mode 0600) and prints the key that checks its signatures."
          + " Give the file to each collector: serve --custody-key FILE.",
    },
    footer = {"%nExample:", "  whorl custody-key log.key"})
@SuppressWarnings("NullAway.Init") // picocli sets required parameters
public final class CustodyKeyCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(paramLabel = "FILE", description = "The new file.")
  private Path file;

  public CustodyKeyCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    try {
      SignerKey key = LogKey.create(file);
      commandContext.terminal().line(key.verifier().toString());
      return ExitStatus.DONE;
    } catch (FileAlreadyExistsException e) {
      throw CliException.failed(
          file + " exists already", "keep it, or name a file that is not there");
    } catch (IOException e) {
      throw CliException.failed("cannot write " + file + ": " + Problems.text(e), null);
    }
  }
}
