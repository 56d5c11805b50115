package whorl.collector.cli.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.Rate;
import whorl.collector.cli.terminal.Table;
import whorl.evidence.channel.ArtifactKind;

/** Describes how a heap snapshot was taken, or why there is none. */
public final class HeapText {
  private HeapText() {}

  /** A single line. */
  public static String line(EvidenceRow evidence) {
    EvidenceRow.HeapPart heap = evidence.heap();
    if (heap == null) {
      String reason = reason(evidence);
      return "heap: none, " + (reason == null ? "and the evidence does not say why" : reason);
    }
    return "heap: "
        + Table.size(heap.dumpBytes())
        + " dumped, "
        + Table.size(heap.storedBytes())
        + " stored ("
        + heap.content()
        + "), "
        + Rate.words(heap.bytesPerSecond())
        + ", the application stood still "
        + time(heap.pauseMillis())
        + ", path: "
        + heap.path();
  }

  /** One fact per line. */
  public static List<String> facts(EvidenceRow.HeapPart heap) {
    List<String> facts = new ArrayList<>();
    facts.add("Pause:     " + time(heap.pauseMillis()) + ", in which the application stood still");
    facts.add("Dumped:    " + Table.size(heap.dumpBytes()));
    facts.add("Stored:    " + Table.size(heap.storedBytes()));
    facts.add("Rate:      " + Rate.words(heap.bytesPerSecond()));
    facts.add("Content:   " + heap.content() + zeroed(heap.content()));
    facts.add("Path:      " + heap.path() + explanation(heap.path(), "stream", UNWRITTEN));
    return facts;
  }

  private static final String UNWRITTEN = ": no file was written on its way";

  private static String zeroed(@Nullable String content) {
    if ("structure".equals(content)) {
      return ": primitive arrays and fields, and so all values, are zeroed";
    }
    return explanation(content, "redacted", ": primitive arrays, and so all text, are zeroed");
  }

  private static String explanation(@Nullable String value, String expected, String meaning) {
    return expected.equals(value) ? meaning : "";
  }

  private static @Nullable String reason(EvidenceRow evidence) {
    for (EvidenceRow.MissingPart missing : evidence.missing()) {
      String artifact = missing.artifact();
      if (artifact != null
          && (artifact.equals(ArtifactKind.HEAP) || artifact.startsWith(ArtifactKind.HEAP + "."))) {
        return missing.reason();
      }
    }
    return null;
  }

  public static String time(long millis) {
    return millis < 1000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
