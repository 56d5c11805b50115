package whorl.collector.store.objects.shared;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import whorl.evidence.Digest;

/** Parts of SQL statements about many digests. */
final class Statements {
  /** The most digests of one statement. */
  static final int MAX = 200;

  private Statements() {}

  /** The digests in order, without duplicates, in parts of at most {@link #MAX}. */
  static List<List<String>> chunks(Collection<Digest> content) {
    List<String> sorted = content.stream().map(Digest::hex).distinct().sorted().toList();
    List<List<String>> chunks = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += MAX) {
      chunks.add(sorted.subList(from, Math.min(sorted.size(), from + MAX)));
    }
    return chunks;
  }

  /** Such as {@code (?,?,?)}. */
  static String marks(int count) {
    return "(" + String.join(",", Collections.nCopies(count, "?")) + ")";
  }

  /** One row of {@code VALUES} after the other. */
  static String rows(String row, int count) {
    return String.join(",", Collections.nCopies(count, row));
  }
}
