package whorl.collector.cli.completion;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

/** Prints a script for a shell. */
@Command(
    name = "completion",
    header = "Print a script that completes commands, options and values in a shell.",
    description = {
      "",
      "The script does not change until whorl does: write it to a file once, so that a new shell"
          + " reads the file and starts no JVM. Values that a collector knows, such as services,"
          + " ids and cases, are asked for at the Tab key, within two seconds.",
    },
    footer = {
      "%nExamples:",
      "  whorl completion bash > ~/.local/share/bash-completion/completions/whorl",
      "  whorl completion zsh > ~/.whorl-completion; echo '. ~/.whorl-completion' >> ~/.zshrc",
      "  whorl completion fish > ~/.config/fish/completions/whorl.fish",
      "  whorl completion powershell >> $PROFILE",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the spec
public final class CompletionCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SHELL",
      arity = "0..1",
      defaultValue = "bash",
      completionCandidates = Shells.class,
      converter = Shells.class,
      description = "bash, zsh, fish or powershell (default: ${DEFAULT-VALUE}).")
  private String shell;

  /** The shells. */
  static final class Shells extends Words {
    Shells() {
      super("bash", "zsh", "fish", "powershell");
    }
  }

  public CompletionCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    List<Completions.Command> commands = Completions.of(spec.root().commandLine());
    String script =
        switch (shell.toLowerCase(Locale.ROOT)) {
          case "zsh" -> BashScript.forZsh(commands);
          case "fish" -> FishScript.of(commands);
          case "powershell" -> PowerShellScript.of(commands);
          default -> BashScript.of(commands);
        };
    commandContext.terminal().out().print(script);
    commandContext.terminal().out().flush();
    return ExitStatus.DONE;
  }
}
