package whorl.agent.library;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LoadedMarks;

/**
 * The inventory at one moment.
 *
 * @param entries in the order of their paths, a jar before what is within it; masked
 * @param loaded {@link LoadedMarks} of the entries
 * @param digest of the entries
 * @param problem why it is not complete; null if it is
 */
record Inventory(
    List<LibraryEntry> entries, String loaded, Digest digest, @Nullable String problem) {
  static final Inventory EMPTY = new Inventory(List.of(), "", LibraryEntry.digest(List.of()), null);

  boolean complete() {
    return problem == null;
  }
}
