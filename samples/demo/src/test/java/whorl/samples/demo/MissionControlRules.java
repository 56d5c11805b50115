package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.flightrecorder.CouldNotLoadRecordingException;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.Severity;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;

/**
 * What Mission Control's automated analysis makes of a recording.
 *
 * @param severities of every rule that there is, by its id
 */
record MissionControlRules(Map<String, Severity> severities) {
  private static final String[] APPLICABLE = {"BufferLost"};
  private static final String[] OF_ARGUMENTS = {
    "FlightRecordingSupport", "PID1Rule", "ManyRunningProcesses", "GcOptions", "Options"
  };

  /** Runs all rules; one that throws is an error that names it. */
  static MissionControlRules of(Path recording) {
    Map<String, Severity> severities = new TreeMap<>();
    try {
      IItemCollection events = JfrLoaderToolkit.loadEvents(recording.toFile());
      Map<IRule, Future<IResult>> running =
          RulesToolkit.evaluateParallel(RuleRegistry.getRules(), events, null, 2);
      for (Map.Entry<IRule, Future<IResult>> rule : running.entrySet()) {
        severities.put(rule.getKey().getId(), result(rule.getKey(), rule.getValue()));
      }
    } catch (IOException | CouldNotLoadRecordingException e) {
      throw new AssertionError(recording + " does not open in JMC's library", e);
    }
    return new MissionControlRules(severities);
  }

  private static Severity result(IRule rule, Future<IResult> running) {
    try {
      IResult result = running.get();
      assertThat(result).as(rule.getId()).isNotNull();
      return result.getSeverity();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(rule.getId() + " failed", e);
    }
  }

  /**
   * What every JVM's recording lets it say, but for what it has from the JVM's arguments and from
   * the command lines of other processes: those have secrets, and are in process.json, masked.
   */
  void assertSane() {
    assertThat(severities).hasSizeGreaterThan(50).doesNotContainValue(null);
    for (String rule : APPLICABLE) {
      assertThat(severities.get(rule)).as(rule).isNotIn(Severity.NA, Severity.IGNORE);
    }
    for (String rule : OF_ARGUMENTS) {
      assertThat(severities.get(rule)).as(rule).isIn(Severity.NA, Severity.OK);
    }
    // the values that they look for are masked before the recording leaves the JVM
    assertThat(severities.get("PasswordsInEnvironment")).isNotEqualTo(Severity.WARNING);
    assertThat(severities.get("PasswordsInSystemProperties")).isNotEqualTo(Severity.WARNING);
  }

  /** Asserts that this rule has a result. */
  void assertNoticed(String rule) {
    assertThat(severities.get(rule)).as(rule).isIn(Severity.INFO, Severity.WARNING);
  }
}
