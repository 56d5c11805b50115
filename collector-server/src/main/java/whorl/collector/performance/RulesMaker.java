package whorl.collector.performance;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.LineConsumer;
import whorl.collector.performance.rules.AutomatedAnalysis;
import whorl.collector.performance.rules.RuleResult;
import whorl.collector.performance.rules.RulesProgram;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Json;

/** Has Mission Control's rules evaluate a recording. */
final class RulesMaker implements Maker<AutomatedAnalysis> {
  private static final int VERSION = 1;

  /** Mission Control has all events in memory at once. */
  private static final long HEAP_BYTES = 512L << 20;

  private static final long RECORDING_MAX_BYTES = 64L << 20;
  private static final long OUTPUT_MAX_BYTES = 8L << 20;
  private static final int RULES_MAX = 500;
  private static final Duration RULES_LIMIT = Duration.ofSeconds(90);
  private static final Duration LIMIT = Duration.ofSeconds(150);

  private final ConfinedJvm confined;

  RulesMaker(ConfinedJvm confined) {
    this.confined = confined;
  }

  @Override
  public String kind() {
    return "performance";
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public Class<AutomatedAnalysis> type() {
    return AutomatedAnalysis.class;
  }

  @Override
  public AutomatedAnalysis without(Recordings recordings, String reason) {
    return AutomatedAnalysis.none(null, reason);
  }

  @Override
  public Made<AutomatedAnalysis> make(Recordings recordings, OpenContents contents)
      throws IOException, InterruptedException {
    // the first one: the other, if there is one, is of the JVM before
    Map.Entry<String, StoredArtifact> first = recordings.readable().entrySet().iterator().next();
    if (first.getValue().size() > RECORDING_MAX_BYTES) {
      return new Made<>(
          AutomatedAnalysis.none(
              first.getKey(),
              "the recording has "
                  + (first.getValue().size() >> 20)
                  + " MiB; at most "
                  + (RECORDING_MAX_BYTES >> 20)
                  + " are analysed here, so open it in Mission Control"),
          true);
    }
    ConfinedRun run =
        ConfinedRun.of(
                RulesProgram.class,
                List.of(
                    Long.toString(RULES_LIMIT.toMillis()),
                    contents.file(first.getValue()).toAbsolutePath().toString()),
                HEAP_BYTES,
                LIMIT)
            .outputMax(OUTPUT_MAX_BYTES)
            .quick();
    Lines lines = new Lines();
    ConfinedReading reading = ConfinedReading.of(confined, recordings.record().id(), run, lines);
    return new Made<>(
        AutomatedAnalysis.of(first.getKey(), lines.rules(), lines.results, reading.problem()),
        reading.keep());
  }

  /** The lines that the program prints. */
  private static final class Lines implements LineConsumer {
    private final List<RuleResult> results = new ArrayList<>();
    private volatile @Nullable List<String> rules;

    List<String> rules() {
      List<String> all = rules;
      return all == null ? List.of() : all;
    }

    @Override
    public void line(String line) throws IOException {
      if (rules == null) {
        rules = List.of(Json.MAPPER.readValue(line, String[].class));
      } else {
        results.add(Json.MAPPER.readValue(line, RuleResult.class));
      }
      if (rules().size() > RULES_MAX || results.size() > RULES_MAX) {
        throw new IllegalArgumentException("more than " + RULES_MAX + " rules");
      }
    }
  }
}
