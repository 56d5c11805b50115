package whorl.collector.timeline.write;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.IndexPlan;
import whorl.collector.timeline.read.ManifestFacts;
import whorl.evidence.Json;

/**
 * The main class of the confined JVM: reads the artifacts listed in {@code plan.json} and writes
 * the timeline's files to the same folder. It reports on standard output in lines such as {@code
 * began recording.jfr} and {@code progress 0.42}.
 */
public final class IndexMain {
  public static final String PLAN = "plan.json";

  /** The columns that the manifest gives all rows: an object of columns and values. */
  public static final String CONSTANTS = "manifest-constants.json";

  private static final int THREADS_MAX = 4;

  private IndexMain() {}

  /**
   * @param args the folder
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    IndexPlan plan = Json.MAPPER.readValue(folder.resolve(PLAN).toFile(), IndexPlan.class);
    int processors = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
    int threads = plan.oneAtATime() ? 1 : Math.max(1, processors);
    index(plan, folder, threads, new PrintStream(System.out, true, StandardCharsets.UTF_8));
  }

  static IndexStatus index(IndexPlan plan, Path folder, int threads, PrintStream out)
      throws IOException {
    ManifestFacts manifest = ManifestFacts.of(plan);
    EvidenceReader reader = new EvidenceReader(plan, manifest, folder);
    long rows =
        new ParquetFiles(plan, manifest, folder, threads)
            .write(reader, new OutputProgress(reader, out));
    IndexStatus status =
        new IndexStatus(
            IndexStatus.VERSION,
            IndexStatus.State.READY,
            1,
            rows,
            manifest.clockOffsetMillis(),
            null,
            reader.outcomes());
    Files.write(folder.resolve(CONSTANTS), Json.bytes(manifest.constants()));
    Files.write(folder.resolve(StoredColumns.STATUS), Json.bytes(status));
    return status;
  }

  /**
   * Reports which artifacts are being read, so that the parent knows which one is at fault if this
   * JVM is killed.
   */
  private record OutputProgress(EvidenceReader reader, PrintStream out)
      implements RowFunction.Progress {
    private static final Map<String, Integer> IN_PROGRESS = new HashMap<>();

    @Override
    public void began(String artifact) {
      synchronized (IN_PROGRESS) {
        if (IN_PROGRESS.merge(artifact, 1, Integer::sum) == 1) {
          out.println("began " + artifact);
        }
      }
    }

    @Override
    public void ended(String artifact) {
      synchronized (IN_PROGRESS) {
        if (IN_PROGRESS.merge(artifact, -1, Integer::sum) == 0) {
          out.println("ended " + artifact);
        }
        double fraction = (reader.portions() - reader.remaining()) / (reader.portions() + 1.0);
        out.println("progress " + fraction);
      }
    }
  }
}
