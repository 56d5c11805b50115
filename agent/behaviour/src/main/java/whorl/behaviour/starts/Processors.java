package whorl.behaviour.starts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which processors this process may use, and how another is pinned to some of them. */
final class Processors {
  private static final String ALLOWED = "Cpus_allowed_list:";

  private final List<Integer> allowed;

  private Processors(List<Integer> allowed) {
    this.allowed = allowed;
  }

  static Processors ofThisProcess() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(ALLOWED)) {
        return new Processors(parse(line.substring(ALLOWED.length()).strip()));
      }
    }
    throw new IOException("the kernel names no processors");
  }

  /** {@code 0-2,5} in numbers. */
  static List<Integer> parse(String text) {
    List<Integer> numbers = new ArrayList<>();
    for (String range : text.split(",", -1)) {
      String[] ends = range.split("-", -1);
      for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
        numbers.add(i);
      }
    }
    return numbers;
  }

  int count() {
    return allowed.size();
  }

  /**
   * The beginning of a command that runs on so many processors.
   *
   * @param turn which of them; other turns take others, where there are more
   */
  List<String> pin(int count, int turn) {
    if (count > allowed.size()) {
      throw new IllegalArgumentException(
          "there are " + allowed.size() + " processors, not " + count);
    }
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(String.valueOf(allowed.get(Math.floorMod(turn * count + i, allowed.size()))));
    }
    return List.of("taskset", "-c", String.join(",", chosen));
  }
}
