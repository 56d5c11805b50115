package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import whorl.collector.cli.terminal.ExitStatus;

final class RootCommandTest {
  private final CliRun cli = new CliRun();

  private static Map<String, CommandLine> commands() {
    return CommandTree.of(new CliRun().commandLine());
  }

  static Set<String> commandNames() {
    return commands().keySet();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "agents",
        "capture",
        "alerts",
        "evidence list",
        "evidence show",
        "evidence get",
        "evidence bag",
        "verify",
        "tls init",
        "rules check",
        "rules coverage",
        "rules test",
        "completion",
      })
  void contract_everyCommand_exists(String command) {
    assertThat(commandNames()).contains("whorl " + command);
    assertThat(cli.run("--help")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).containsPattern("(?m)^  " + command.split(" ")[0] + " +\\S");
  }

  @ParameterizedTest
  @MethodSource("commandNames")
  void help_everywhere_isComplete(String command) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.remove(0);
    arguments.add("--help");

    assertThat(cli.run(arguments.toArray(String[]::new))).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out()).contains("Usage: " + command, "-h, --help");
    assertThat(cli.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(81));
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void listings_all_speakJson() {
    for (String listing : List.of("agents", "alerts", "evidence list", "evidence show")) {
      assertThat(commands().get("whorl " + listing).getCommandSpec().optionsMap())
          .as(listing)
          .containsKey("--json");
    }
  }

  @Test
  void noCommand_isWrongUsage() {
    assertThat(cli.run()).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("whorl: no command is given", "`whorl --help`", "  evidence  ");
  }

  @Test
  void helpAndVersion_areCommandsToo() {
    assertThat(cli.run("help")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("Usage: whorl ", "  evidence  ");
    assertThat(cli.run("help", "evidence", "list")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("Usage: whorl evidence list");
    assertThat(cli.run("help", "evidence", "lost")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("no such command: lost", "did you mean `list`");
    for (String version : List.of("version", "-V")) {
      assertThat(cli.run(version)).isEqualTo(ExitStatus.DONE);
      assertThat(cli.out()).contains("whorl ");
    }
  }

  @Test
  void groupWithoutCommand_isWrongUsage() {
    assertThat(cli.run("evidence")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err())
        .contains("whorl: no command is given", "`whorl evidence --help`", "  list  ")
        .doesNotContain("subcommand");
  }

  @Test
  void wrongValues_areNamedInPlainWords() {
    for (String[] wrong :
        new String[][] {
          {"capture --label x", "--label: not of the form KEY=VALUE: x"},
          {"agents --limit x", "--limit: 'x' is not an int"},
          {"evidence show x", "ID: not an id: x"},
          {"evidence show", "not given: 'ID'"},
          {"agents --service", "--service needs a value"},
          {"alerts --level urgent", "--level: not a level"},
        }) {
      CliRun run = new CliRun();
      assertThat(run.run(wrong[0].split(" "))).isEqualTo(ExitStatus.WRONG_USAGE);
      assertThat(run.err())
          .as(wrong[0])
          .contains("whorl: " + wrong[1])
          .doesNotContain("at index", "option option", "positional");
    }
  }

  @Test
  void unknownCommandOrOption_isWrongUsageInTwoLines() {
    assertThat(cli.run("evidnce", "list")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err().lines())
        .containsExactly(
            "whorl: no such command: evidnce",
            "       did you mean `evidence`? Else see `whorl --help`");
    assertThat(cli.run("agents", "--no-such\u001b[2J")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("--no-such\uFFFD[2J").doesNotContain("\u001b");
  }

  @Test
  void defect_isReported() {
    CliRun broken =
        new CliRun()
            .verifier(
                (path, anchors) -> {
                  throw new IllegalStateException("boom");
                });
    assertThat(broken.run("verify", ".")).isEqualTo(ExitStatus.FAILED);
    assertThat(broken.err()).contains("whorl: a defect in whorl verify", "boom");
  }

  @Test
  void version_isShown() {
    assertThat(cli.run("--version")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).startsWith("whorl ");
  }

  @Test
  void completion_knowsCommandsAndOptions() {
    for (String shell : List.of("bash", "zsh", "fish", "powershell")) {
      CliRun run = new CliRun();
      assertThat(run.run("completion", shell)).isEqualTo(ExitStatus.DONE);
      assertThat(run.out()).contains("evidence", "service", "critical");
    }
    assertThat(cli.run("completion", "tcsh")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("bash, zsh, fish, powershell");
  }

  /** What lists or shows can be read by programs, under one name. */
  @Test
  void whatShows_speaksJson() {
    for (String command :
        List.of(
            "agents",
            "alerts",
            "alerts show",
            "captures",
            "capture",
            "cases list",
            "cases show",
            "compare",
            "contexts",
            "custody",
            "evidence list",
            "evidence show",
            "findings",
            "hunt",
            "hunts",
            "libraries",
            "notifications",
            "query",
            "replay",
            "retention",
            "rules list",
            "rules check",
            "rules test",
            "schedules list",
            "search",
            "series",
            "timeline",
            "tokens list",
            "verify")) {
      assertThat(commands().get("whorl " + command).getCommandSpec().optionsMap())
          .as(command)
          .containsKey("--json");
    }
  }
}
