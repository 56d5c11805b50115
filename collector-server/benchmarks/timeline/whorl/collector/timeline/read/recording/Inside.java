package whorl.collector.timeline.read.recording;

import java.util.Deque;
import java.util.List;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.StackFile;

/** Where other readers take the place of ours. */
final class Inside {
  private Inside() {}

  @SuppressWarnings("unchecked")
  static Deque<ArtifactReader> portions(EvidenceReader evidence) throws ReflectiveOperationException {
    return ((List<Deque<ArtifactReader>>) field(evidence, "phases")).get(0);
  }

  static StackFile stacks(EvidenceReader evidence) throws ReflectiveOperationException {
    return (StackFile) field(evidence, "stacks");
  }

  private static Object field(EvidenceReader evidence, String name)
      throws ReflectiveOperationException {
    var field = EvidenceReader.class.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(evidence);
  }
}
