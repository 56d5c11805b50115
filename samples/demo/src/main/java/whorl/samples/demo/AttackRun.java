package whorl.samples.demo;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One run of the attack's jar. */
record AttackRun(int status, List<String> lines) {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  static AttackRun on(URI target, Path attackJar, String... options) {
    List<String> arguments = new ArrayList<>(List.of("--target", target.toString()));
    arguments.addAll(List.of(options));
    Child child =
        Child.run("attack", PATIENCE, Java.jar(Java.own(), Java.SHORT_LIVED, attackJar, arguments));
    return new AttackRun(child.awaitEnd(PATIENCE), child.lines());
  }
}
