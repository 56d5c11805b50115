package whorl.collector.cli.terminal;

import java.io.Console;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks before something that can't be undone. */
public final class Confirmation {
  private final Terminal terminal;
  private final Supplier<@Nullable String> answers;

  /** Asks at this process's terminal. */
  public Confirmation(Terminal terminal) {
    this(terminal, Confirmation::readLine);
  }

  /**
   * @param answers the next line that is typed; null if there is nobody to type
   */
  Confirmation(Terminal terminal, Supplier<@Nullable String> answers) {
    this.terminal = terminal;
    this.answers = answers;
  }

  private static @Nullable String readLine() {
    Console console = System.console();
    return console == null ? null : console.readLine();
  }

  /**
   * Asks, unless {@code yes} is given.
   *
   * @throws CliException of wrong usage if nobody can answer, and of failure if the answer is no
   */
  public void ask(String question, boolean yes) {
    if (yes) {
      return;
    }
    String answer = null;
    if (terminal.interactive()) {
      terminal.err().print(Printable.of("whorl: " + question + " [y/N] "));
      terminal.err().flush();
      answer = answers.get();
    }
    if (answer == null) {
      throw CliException.usage("nobody was there to confirm: " + question, "give --yes");
    }
    String word = answer.strip().toLowerCase(Locale.ROOT);
    if (!word.equals("y") && !word.equals("yes")) {
      throw CliException.failed("nothing was done", null);
    }
  }
}
