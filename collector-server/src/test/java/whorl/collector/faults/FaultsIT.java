package whorl.collector.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three collectors while everything that can fail fails: nothing that was acknowledged is missing.
 * {@code .ci/faults} is the long form.
 */
@Timeout(900)
class FaultsIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void collectorsWithTheWorstFaults_loseNothingThatTheyAcknowledged() throws Exception {
    run(FaultOptions.shortest(seed(), folder));
  }

  @Tag("long")
  @Test
  void collectorsWithEachFault_loseNothingThatTheyAcknowledged() throws Exception {
    run(FaultOptions.small(seed(), folder));
  }

  @Tag("long")
  @Test
  void oneCollectorWithEachFault_losesNothingThatItAcknowledged() throws Exception {
    run(FaultOptions.embedded(seed(), folder));
  }

  private static long seed() {
    return Long.getLong("whorl.faults.seed", 7);
  }

  private static void run(FaultOptions options) throws Exception {
    Optional<String> missing = Cluster.missing(options.embedded());
    assumeTrue(missing.isEmpty(), () -> "no collectors with faults: " + missing.orElse(""));
    FaultRun run = new FaultRun(options);
    List<String> violations = run.run();
    System.out.println(run.report());
    assertThat(violations).as(run.report()).isEmpty();
    assertThat(run.tally().of("pieces that ended as SEALED")).isPositive();
  }
}
