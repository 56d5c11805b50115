package whorl.collector.analysis.kinds;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.detect.Detection;
import whorl.collector.detect.PackRule;
import whorl.collector.detect.Subjects;

/**
 * The kind of program that a command line starts. The built-in rules say what is suspicious. The
 * names here only say what a program is for: which of a rule's programs fetches files, and which
 * ordinary programs an intruder uses to look around.
 */
public enum Command {
  REVERSE_SHELL(
      "a shell tied to a network connection",
      List.of(Technique.UNIX_SHELL, Technique.NON_APPLICATION_PROTOCOL),
      Severity.CRITICAL,
      PackRule.PROCESS_REVERSE_SHELL),
  MINER(
      "a miner of a cryptocurrency",
      List.of(Technique.RESOURCE_HIJACKING),
      Severity.CRITICAL,
      PackRule.PROCESS_CRYPTO_MINER),
  DOWNLOAD(
      "a program that fetches files",
      List.of(Technique.TOOL_TRANSFER),
      Severity.CRITICAL,
      PackRule.PROCESS_SHELL_OR_DOWNLOAD_TOOL),
  SHELL(
      "a shell or interpreter",
      List.of(Technique.UNIX_SHELL),
      Severity.CRITICAL,
      PackRule.PROCESS_SHELL_OR_DOWNLOAD_TOOL),
  ESCAPE(
      "a program for leaving a container",
      List.of(Technique.ESCAPE_TO_HOST),
      Severity.CRITICAL,
      PackRule.PROCESS_CONTAINER_ESCAPE),
  DISCOVERY(
      "a program that shows where it runs",
      List.of(Technique.SYSTEM_DISCOVERY),
      Severity.HIGH,
      PackRule.PROCESS_DISCOVERY),
  OTHER("a program", List.of(Technique.SCRIPTING), Severity.HIGH, null);

  private static final int LINE_CHARS = 4096;
  private static final int WORDS_MAX = 16;

  /** Programs that fetch files, also where a shell's line names them. */
  private static final Pattern FETCHES =
      Pattern.compile(
          "(^|[ /;|&'\"(])(curl|wget|aria2c|tftp|ftp|scp|certutil|bitsadmin)(\\.exe)?( |$)",
          Pattern.CASE_INSENSITIVE);

  /** Programs that start another one; the rules speak of that one. */
  private static final Set<String> WRAPPERS =
      Set.of("sudo", "doas", "env", "nohup", "setsid", "timeout", "nice", "xargs", "chroot");

  /** Programs that applications start as well, so no rule names them. */
  private static final Set<String> LOOKS_AROUND =
      Set.of("uname", "hostname", "ip", "ps", "cat", "ls", "find", "grep", "who", "df");

  private final String description;
  private final List<Technique> techniques;
  private final Severity severity;
  private final @Nullable PackRule rule;

  Command(
      String description, List<Technique> techniques, Severity severity, @Nullable PackRule rule) {
    this.description = description;
    this.techniques = techniques;
    this.severity = severity;
    this.rule = rule;
  }

  public static Command of(String line) {
    String start = line.length() > LINE_CHARS ? line.substring(0, LINE_CHARS) : line;
    Detection detection = detect(start);
    for (Command command : values()) {
      if (command.rule != null
          && detection.by(command.rule)
          && (command != DOWNLOAD || FETCHES.matcher(start).find())) {
        return command;
      }
    }
    return LOOKS_AROUND.contains(program(start)) ? DISCOVERY : OTHER;
  }

  /** The rules for the program, and for the program that it starts if that is all it does. */
  private static Detection detect(String line) {
    Detection detection = Subjects.command(line);
    if (!WRAPPERS.contains(program(line))) {
      return detection;
    }
    int space = line.indexOf(' ');
    for (int words = 0; space >= 0 && words < WORDS_MAX; words++) {
      detection = detection.and(Subjects.command(line.substring(space + 1)));
      space = line.indexOf(' ', space + 1);
    }
    return detection;
  }

  /** The first word without its folder. */
  private static String program(String line) {
    int space = line.indexOf(' ');
    String word = space < 0 ? line : line.substring(0, space);
    return word.substring(word.lastIndexOf('/') + 1);
  }

  public String description() {
    return description;
  }

  public List<Technique> techniques() {
    return techniques;
  }

  /** The severity if a suspect request started the program. */
  public Severity severity() {
    return severity;
  }
}
