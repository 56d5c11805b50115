package whorl.collector.cli.server;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.http.auth.Tokens;

@Command(
    name = "tokens",
    header = "Make a file with a token for each role, or add an agents' token of a service.",
    description = {
      "",
      "Writes the tokens to a new file (mode 0600) and prints none of them. Several collectors need"
          + " the same file: serve --tokens FILE. One collector alone makes its own at its first"
          + " start.",
      "With --service, adds a token of role agent that is bound to these services to a file that is"
          + " there, and prints it: agents with it can speak for no other service. A collector that"
          + " runs accepts it within seconds. To end a token, delete its line.",
    },
    footer = {
      "%nExamples:",
      "  whorl tokens tokens.txt",
      "  whorl tokens tokens.txt --service shop,orders",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required parameters
public final class TokensCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(paramLabel = "FILE", description = "The new file; with --service, one that is there.")
  private Path file;

  @Option(
      names = "--service",
      paramLabel = "NAME,…",
      description = "Add a token for the agents of these services.")
  private @Nullable String services;

  public TokensCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    String names = services;
    if (names != null) {
      return add(names);
    }
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

  private int add(String names) {
    if (!Files.exists(file)) {
      throw CliException.failed(
          file + " is not there", "make it first, without --service: whorl tokens " + file);
    }
    try {
      commandContext.terminal().line(Tokens.add(file, names, new SecureRandom()));
      return ExitStatus.DONE;
    } catch (IOException e) {
      throw CliException.failed("cannot add a token to " + file + ": " + Problems.text(e), null);
    }
  }
}
