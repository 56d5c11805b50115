package whorl.collector.performance.series;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import whorl.collector.timeline.read.IndexPlan;
import whorl.collector.timeline.read.ManifestFacts;
import whorl.collector.timeline.read.recording.RecordingChunk;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.evidence.Json;

/**
 * The main class of the confined JVM that reads series. It prints the {@link RecordingSeries}
 * without series in the first line, and then one {@link Series} in each line.
 *
 * <p>Arguments: the manifest's file or {@code -}; then the name and the file of each recording.
 */
public final class SeriesProgram {
  /** Stands for a manifest that there is not. */
  public static final String NO_MANIFEST = "-";

  private SeriesProgram() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    String manifest = arguments[0].equals(NO_MANIFEST) ? null : arguments[0];
    Map<String, String> files = new TreeMap<>();
    for (int i = 1; i + 1 < arguments.length; i += 2) {
      files.put(arguments[i], arguments[i + 1]);
    }
    Long offsetMillis =
        ManifestFacts.of(new IndexPlan(files, List.of(), Map.of(), manifest, 0, 0, true))
            .clockOffsetMillis();
    SeriesReader reader =
        new SeriesReader(offsetMillis == null ? 0 : TimeUnit.MILLISECONDS.toNanos(offsetMillis));
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      ArtifactOutcome outcome = new ArtifactOutcome(file.getKey());
      for (RecordingChunk chunk : RecordingChunk.of(Path.of(file.getValue()), outcome)) {
        reader.read(chunk, outcome);
      }
      String problem = outcome.outcome().problem();
      if (problem != null) {
        problems.add(file.getKey() + ": " + problem);
      }
    }
    out.println(Json.text(reader.summary(offsetMillis, List.copyOf(files.keySet()), problems)));
    reader.series().forEach(series -> out.println(Json.text(series)));
    out.flush();
  }
}
