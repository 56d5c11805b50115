package whorl.collector.cli.server;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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
    header = "Make API tokens for yourself, or a file with a token for each role.",
    synopsisSubcommandLabel = "[COMMAND]",
    description = {
      "",
      "The commands make, list and revoke API tokens at a collector. With a FILE instead, writes"
          + " the tokens of a new collector to it (mode 0600) and prints none of them. Several"
          + " collectors need the same file: serve --tokens FILE. One collector alone makes its own"
          + " at its first start.",
      "With --service, adds a token of role agent that is bound to these services to a file that is"
          + " there, and prints it: agents with it can speak for no other service. A collector that"
          + " runs accepts it within seconds. To end a token, delete its line.",
    },
    footer = {
      "%nExamples:",
      "  whorl tokens create ci --expires 90d",
      "  whorl tokens tokens.txt",
      "  whorl tokens tokens.txt --service shop,orders",
    })
public final class TokensCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The new file; with --service, one that is there.")
  private @Nullable Path file;

  @Option(
      names = "--service",
      paramLabel = "NAME,…",
      description = "Add a token for the agents of these services.")
  private @Nullable String services;

  private TokensCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  /** The command with those for API tokens. */
  public static CommandLine commandLine(CommandContext commandContext, Object... forApiTokens) {
    CommandLine tokens = new CommandLine(new TokensCommand(commandContext));
    for (Object command : forApiTokens) {
      tokens.addSubcommand(command);
    }
    return tokens;
  }

  @Override
  public Integer call() {
    Path target = file;
    if (target == null) {
      throw CliException.usage(
          "neither a FILE nor a command is given",
          "whorl tokens create NAME --expires 90d makes an API token; see whorl tokens --help");
    }
    return services == null ? make(target) : add(target, services);
  }

  private int make(Path file) {
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

  private int add(Path file, String names) {
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
