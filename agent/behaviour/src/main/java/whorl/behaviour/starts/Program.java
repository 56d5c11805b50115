package whorl.behaviour.starts;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What is started. */
enum Program {
  /** Prints and opens files, and ends at once. */
  QUICK(6),
  /** Does so on eight threads for some seconds, while the agent starts. */
  CROWD(3),
  /** The JDK's HTTP server, asked from its first answer on. */
  SERVER(2),
  /** The sample shop, a Spring Boot application, asked likewise and ended by SIGTERM. */
  SHOP(1);

  private final int share;

  /**
   * @param share how often it comes beside the others: what starts quickly is started often
   */
  Program(int share) {
    this.share = share;
  }

  static Program of(String word) {
    for (Program program : values()) {
      if (program.word().equals(word)) {
        return program;
      }
    }
    throw new IllegalArgumentException("no such program: " + word);
  }

  /** One of them, each as often as its share is large. */
  static Program drawn(List<Program> programs, SplittableRandom random) {
    int all = 0;
    for (Program program : programs) {
      all += program.share;
    }
    int left = random.nextInt(all);
    for (Program program : programs) {
      left -= program.share;
      if (left < 0) {
        return program;
      }
    }
    throw new IllegalArgumentException("no programs");
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether requests are sent to it. */
  boolean answers() {
    return this == SERVER || this == SHOP;
  }
}
