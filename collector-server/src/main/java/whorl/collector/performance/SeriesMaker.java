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
import whorl.collector.performance.series.RecordingSeries;
import whorl.collector.performance.series.Series;
import whorl.collector.performance.series.SeriesProgram;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;

/** Makes series over time. */
final class SeriesMaker implements Maker<RecordingSeries> {
  private static final int VERSION = 1;
  private static final long HEAP_BYTES = 256L << 20;
  private static final long OUTPUT_MAX_BYTES = 8L << 20;
  private static final Duration LIMIT_MIN = Duration.ofMinutes(1);
  private static final long BYTES_PER_MINUTE = 64L << 20;
  private static final long LIMIT_MAX_MINUTES = 60;

  /** Below this size the C2 compiler costs more time than it saves. */
  private static final long QUICKLY_COMPILED_MAX_BYTES = 64L << 20;

  private final ConfinedJvm confined;

  SeriesMaker(ConfinedJvm confined) {
    this.confined = confined;
  }

  @Override
  public String kind() {
    return "series";
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public Class<RecordingSeries> type() {
    return RecordingSeries.class;
  }

  @Override
  public RecordingSeries without(Recordings recordings, String reason) {
    return RecordingSeries.none(recordings.names(), reason);
  }

  @Override
  public Made<RecordingSeries> make(Recordings recordings, OpenContents contents)
      throws IOException, InterruptedException {
    Lines lines = new Lines();
    ConfinedReading reading =
        ConfinedReading.of(confined, recordings.record().id(), run(recordings, contents), lines);
    RecordingSeries read = lines.summary;
    if (read == null) {
      read = RecordingSeries.none(recordings.names(), "the recording could not be read");
    }
    RecordingSeries complete = read.with(lines.series);
    String problem = reading.problem();
    for (String name : recordings.encrypted()) {
      complete = complete.withProblem(name + " is encrypted and was not read");
    }
    return new Made<>(problem == null ? complete : complete.withProblem(problem), reading.keep());
  }

  private static ConfinedRun run(Recordings recordings, OpenContents contents) throws IOException {
    List<String> arguments = new ArrayList<>();
    StoredArtifact manifest = recordings.record().artifact(ArtifactName.MANIFEST);
    arguments.add(
        manifest == null
            ? SeriesProgram.NO_MANIFEST
            : contents.file(manifest).toAbsolutePath().toString());
    for (Map.Entry<String, StoredArtifact> each : recordings.readable().entrySet()) {
      arguments.add(each.getKey());
      arguments.add(contents.file(each.getValue()).toAbsolutePath().toString());
    }
    ConfinedRun run =
        ConfinedRun.of(SeriesProgram.class, arguments, HEAP_BYTES, limit(recordings.bytes()))
            .outputMax(OUTPUT_MAX_BYTES);
    return recordings.bytes() < QUICKLY_COMPILED_MAX_BYTES ? run.quick() : run;
  }

  private static Duration limit(long bytes) {
    return LIMIT_MIN.plusMinutes(Math.min(LIMIT_MAX_MINUTES, bytes / BYTES_PER_MINUTE));
  }

  /** The lines that the program prints. */
  private static final class Lines implements LineConsumer {
    private final List<Series> series = new ArrayList<>();
    private volatile @Nullable RecordingSeries summary;

    @Override
    public void line(String line) throws IOException {
      if (summary == null) {
        summary = Json.MAPPER.readValue(line, RecordingSeries.class);
      } else {
        series.add(Json.MAPPER.readValue(line, Series.class));
      }
    }
  }
}
