package whorl.collector.timeline.read;

import java.util.Deque;
import java.util.List;

/** Where other readers take the place of ours. */
final class Inside {
  private Inside() {}

  @SuppressWarnings("unchecked")
  static Deque<Portion> portions(EvidenceReader evidence) throws ReflectiveOperationException {
    return ((List<Deque<Portion>>) field(evidence, "phases")).get(0);
  }

  static StackShelf stacks(EvidenceReader evidence) throws ReflectiveOperationException {
    return (StackShelf) field(evidence, "stacks");
  }

  private static Object field(EvidenceReader evidence, String name)
      throws ReflectiveOperationException {
    var field = EvidenceReader.class.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(evidence);
  }
}
