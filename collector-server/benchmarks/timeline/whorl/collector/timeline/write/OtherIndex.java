package whorl.collector.timeline.write;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.IndexPlan;
import whorl.collector.timeline.read.ManifestFacts;

/** The index with another reader in the place of ours; all else is the same. */
public final class OtherIndex {
  private OtherIndex() {}

  /** Arguments: the reader's class, whose {@code add} adds the rows, a folder, the recording. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    IndexPlan plan = new IndexPlan(Map.of(), List.of(), Map.of(), null, 0, 384L << 20, false);
    ManifestFacts manifest = new ManifestFacts(0L, 0, Map.of());
    EvidenceReader reader = new EvidenceReader(plan, manifest, folder);
    Method add =
        Class.forName("whorl.collector.timeline.read.recording." + arguments[0])
            .getDeclaredMethod("add", EvidenceReader.class, Path.class);
    add.setAccessible(true);
    add.invoke(null, reader, Path.of(arguments[2]));
    int threads = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    RowFunction.Progress silent =
        new RowFunction.Progress() {
          @Override
          public void began(String artifact) {}

          @Override
          public void ended(String artifact) {}
        };
    System.out.println("rows " + new ParquetFiles(plan, manifest, folder, threads).write(reader, silent));
  }
}
