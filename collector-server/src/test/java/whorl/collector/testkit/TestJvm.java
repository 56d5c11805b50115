package whorl.collector.testkit;

import java.util.ArrayList;
import java.util.List;

/** How tests start JVMs that live for seconds or minutes. */
public final class TestJvm {
  private TestJvm() {}

  /**
   * The command with the options of {@code -Dtests.jvm} behind the program, which is {@code java}:
   * without the better compiler, where that would cost more than it saves.
   */
  public static List<String> quick(List<String> command) {
    String options = System.getProperty("whorl.tests.jvm", "");
    List<String> all = new ArrayList<>(command);
    if (!options.isBlank()) {
      all.addAll(1, List.of(options.split(" ")));
    }
    return all;
  }

  /** The same, for arguments each. */
  public static List<String> quick(String... command) {
    return quick(List.of(command));
  }
}
