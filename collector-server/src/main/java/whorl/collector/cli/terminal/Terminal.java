package whorl.collector.cli.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * The output of a command: results go to {@code out}, everything else to {@code err}. All text
 * passes through {@link Printable}.
 *
 * @param columns characters per line; {@link Integer#MAX_VALUE} if the output is not a terminal
 * @param interactive true if {@code out} is a terminal, where lines can be redrawn
 * @param colour true if colours are used
 */
public record Terminal(
    PrintStream out, PrintStream err, int columns, boolean interactive, boolean colour) {
  private static final int USUAL_COLUMNS = 80;

  /** Escapes non-ASCII: C1 controls and bidirectional marks are valid in JSON strings. */
  private static final ObjectWriter JSON_LINE =
      Json.LENIENT.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());

  private static final ObjectWriter JSON = JSON_LINE.withDefaultPrettyPrinter();

  /** The streams of this process. */
  static Terminal system(Map<String, String> environment) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    boolean interactive = isTerminal(System.console()) && !"dumb".equals(environment.get("TERM"));
    boolean colour = interactive && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(
        out, err, interactive ? systemColumns() : Integer.MAX_VALUE, interactive, colour);
  }

  /** The same without redrawn output, for results that a program reads. */
  Terminal notInteractive() {
    return new Terminal(out, err, columns, false, false);
  }

  /** Prints a line of the result. */
  public void line(String text) {
    out.println(Printable.of(text));
  }

  /** Prints a line to standard error. */
  public void note(String text) {
    err.println(Printable.of(text));
  }

  /** Prints a problem and its remedy. */
  public void problem(CliException problem) {
    note("whorl: " + problem.getMessage());
    String remedy = problem.remedy();
    if (remedy != null) {
      remedy.lines().forEach(line -> note("       " + line));
    }
  }

  /** Prints the result as JSON, for other programs. */
  public void json(Object value) {
    json(JSON, value);
  }

  /** Prints a part of the result as one line of JSON. */
  public void jsonLine(Object value) {
    json(JSON_LINE, value);
  }

  private void json(ObjectWriter writer, Object value) {
    try {
      out.println(writer.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write as JSON: " + value.getClass().getName(), e);
    }
  }

  /** The text in this style if colours are used. */
  public String styled(Style style, String text) {
    return colour ? "\u001B[" + style.code + "m" + text + "\u001B[0m" : text;
  }

  /** The meanings of colours. */
  public enum Style {
    PLAIN("0"),
    FAINT("2"),
    GOOD("32"),
    WARNING("33"),
    BLUE("34"),
    MAGENTA("35"),
    CYAN("36"),
    BAD("31"),
    ALARM("1;31");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** Since JDK 22 a console can exist although the output is redirected; it then reports so. */
  private static boolean isTerminal(@Nullable Console console) {
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException before22) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static int systemColumns() {
    try (org.jline.terminal.Terminal terminal = TerminalBuilder.builder().dumb(true).build()) {
      int columns = terminal.getWidth();
      return columns > 0 ? columns : USUAL_COLUMNS;
    } catch (IOException unknown) {
      return USUAL_COLUMNS;
    }
  }
}
