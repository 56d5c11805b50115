package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.TextEvents;

/** For each event of the JDK that has a text, it is decided how the text is treated. */
class TextEventsIT {
  private static final Path DOCUMENT = Path.of("../../docs/redaction.md");
  private static final Path SETTINGS =
      Path.of("../core/src/main/resources/whorl/recording.properties");
  private static final Pattern ROW = Pattern.compile("\\| `(jdk\\.\\w+)` \\| (\\w+) \\|.*");

  static List<Jdk> jdks() throws Exception {
    return Jdk.installed();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void recording_eventWithText_isInTheTable(Jdk jdk) throws Exception {
    Set<String> decided = new TreeSet<>();
    Set<String> off = new TreeSet<>();
    for (String line : Files.readAllLines(DOCUMENT)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        (row.group(2).equals("off") ? off : decided).add(row.group(1));
      }
    }

    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home()).run(TextEvents.class, SETTINGS.toAbsolutePath().toString());

    assertThat(outcome.out().lines())
        .isNotEmpty()
        .isSubsetOf(decided)
        .doesNotContainAnyElementsOf(off);
  }
}
