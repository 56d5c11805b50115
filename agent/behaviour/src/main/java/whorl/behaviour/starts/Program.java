package whorl.behaviour.starts;

import java.util.Locale;

/** What is started. */
enum Program {
  /** Prints and opens files, and ends at once. */
  QUICK,
  /** Does so on eight threads for some seconds, while the agent starts. */
  CROWD,
  /** The JDK's HTTP server, asked from its first answer on. */
  SERVER,
  /** The sample shop, a Spring Boot application, asked likewise and ended by SIGTERM. */
  SHOP;

  static Program of(String word) {
    for (Program program : values()) {
      if (program.word().equals(word)) {
        return program;
      }
    }
    throw new IllegalArgumentException("no such program: " + word);
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether requests are sent to it. */
  boolean answers() {
    return this == SERVER || this == SHOP;
  }
}
