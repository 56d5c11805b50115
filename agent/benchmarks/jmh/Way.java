import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a JVM is started in which what is hooked is measured. */
enum Way {
  NONE,
  WHORL,
  RECORDING_OFF,
  FILTERED;

  /** All that JMH and the benchmarks need, but not jdk.jfr. */
  private static final String MODULES =
      "java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.xml,"
          + "jdk.attach,jdk.httpserver,jdk.management,jdk.unsupported,jdk.zipfs";

  static Way of(String word) {
    return valueOf(word.toUpperCase().replace('-', '_'));
  }

  String word() {
    return name().toLowerCase().replace('_', '-');
  }

  /** Options of the JVM; but for what makes the way they are the same in all. */
  List<String> options(Path agent) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xmx512m",
                "-Dsun.net.inetaddr.ttl=0",
                "-Dsun.net.httpserver.nodelay=true",
                "--add-opens=java.base/java.lang=ALL-UNNAMED"));
    if (this == RECORDING_OFF) {
      options.add("--limit-modules=" + MODULES);
    }
    if (this != NONE) {
      // What the benchmarks do may well alert; one capture of each rule, while all warms up.
      options.add("-javaagent:" + agent + "=service.name=benchmark,start.patience=0s,capture.cooldown=1h");
    }
    if (this == FILTERED) {
      options.add("-Dbenchmark.filtered=true");
    }
    return options;
  }
}
