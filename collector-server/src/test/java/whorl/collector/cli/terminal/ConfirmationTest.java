package whorl.collector.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ConfirmationTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Terminal terminal(boolean interactive) {
    PrintStream out = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Terminal(out, out, 80, interactive, false);
  }

  @Test
  void yes_goesOn_andAnythingElseDoesNot() {
    new Confirmation(terminal(true), () -> "y").ask("purge it?", false);
    new Confirmation(terminal(true), () -> " YES ").ask("purge it?", false);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("purge it? [y/N]");
    for (String no : new String[] {"", "n", "yep"}) {
      Confirmation asked = new Confirmation(terminal(true), () -> no);
      assertThatThrownBy(() -> asked.ask("purge it?", false))
          .isInstanceOf(CliException.class)
          .hasMessage("nothing was done");
    }
  }

  @Test
  void withoutATerminal_anOptionIsNeeded() {
    Confirmation nobody = new Confirmation(terminal(false), () -> "y");
    assertThatThrownBy(() -> nobody.ask("purge it?", false))
        .isInstanceOfSatisfying(
            CliException.class,
            e -> {
              assertThat(e.exitStatus()).isEqualTo(ExitStatus.WRONG_USAGE);
              assertThat(e.remedy()).contains("--yes");
            });
    nobody.ask("purge it?", true);
  }
}
