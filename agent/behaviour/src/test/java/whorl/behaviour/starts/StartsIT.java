package whorl.behaviour.starts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The short form of {@code agent/behaviour/starts}: starts on one processor each, where the agent's
 * threads and the application's interrupt each other at every point.
 */
class StartsIT {
  private static final String COUNT = System.getProperty("whorl.starts", "42");

  @Test
  void starts_onOneProcessor_endAsWithoutTheAgent() throws Exception {
    Path root = Path.of("../..").toAbsolutePath().normalize();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    long failures =
        Starts.run(
            new String[] {
              "-n", COUNT, "-c", "1", "-w", "4", "-t", "180", "-p", "quick,crowd,server"
            },
            root,
            new PrintStream(printed, true, StandardCharsets.UTF_8));

    System.out.println(printed.toString(StandardCharsets.UTF_8));
    assertThat(failures).as(printed.toString(StandardCharsets.UTF_8)).isZero();
  }
}
