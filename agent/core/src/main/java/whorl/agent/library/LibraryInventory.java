package whorl.agent.library;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryPattern;
import whorl.evidence.library.LoadedMarks;
import whorl.evidence.library.VersionRange;

/**
 * What is known of the libraries of this JVM. One thread adds to it; any agent thread reads it. No
 * thread of the application does.
 */
public final class LibraryInventory {
  /** Files of earlier content that are kept beside the newest: classes may be loaded from them. */
  private static final int EARLIER_MAX = 3;

  private static final String REPLACED = "the file was replaced or removed after this was read";

  /** The strings of an entry, with their headers. */
  private static final long ENTRY_BYTES = 600;

  /** Limit for places that classes are loaded from. */
  private static final int LOADED_MAX = 16_384;

  private final UnaryOperator<String> mask;
  private final int entriesMax;

  /** Guarded by this, as are the following fields. */
  private final Map<String, FileContents> files = new TreeMap<>();

  private final List<LibraryEntry> modules = new ArrayList<>();
  private final Map<String, Character> loaded = new HashMap<>();
  private int held;
  private int omitted;
  private @Nullable String unfinished = "it was not begun yet";
  private @Nullable String failure;
  private @Nullable Inventory current;

  /** The entries of one file, with their places as class loaders name them. */
  private static final class FileContents {
    List<Placed> newest = List.of();
    final List<List<Placed>> earlier = new ArrayList<>();
  }

  /**
   * @param place not masked
   */
  private record Placed(String place, LibraryEntry entry) {}

  /**
   * @param mask masks secrets in texts
   * @param entriesMax the most entries; the others are counted
   */
  LibraryInventory(UnaryOperator<String> mask, int entriesMax) {
    this.mask = mask;
    this.entriesMax = entriesMax;
  }

  /**
   * Returns the libraries that match, in the order of their paths; those whose version is unknown
   * match no range.
   *
   * @param range null for any version
   * @param limit the most libraries to return
   */
  public List<HeldLibrary> matching(
      LibraryPattern pattern, @Nullable VersionRange range, int limit) {
    Inventory inventory = snapshot();
    List<HeldLibrary> found = new ArrayList<>();
    for (int i = 0; i < inventory.entries().size() && found.size() < limit; i++) {
      LibraryEntry entry = inventory.entries().get(i);
      String version = entry.version();
      if (pattern.matches(entry) && (range == null || version != null && range.contains(version))) {
        found.add(
            new HeldLibrary(entry, LoadedMarks.loader(LoadedMarks.at(inventory.loaded(), i))));
      }
    }
    return found;
  }

  /** Returns why the inventory is not complete; null if it is. */
  public @Nullable String incomplete() {
    return snapshot().problem();
  }

  /** Returns the approximate heap bytes of the inventory. */
  synchronized Map<String, Long> heldBytes() {
    return Map.of("libraries", (held + modules.size()) * ENTRY_BYTES);
  }

  synchronized Inventory snapshot() {
    Inventory known = current;
    if (known != null) {
      return known;
    }
    List<LibraryEntry> entries = new ArrayList<>(held + modules.size());
    StringBuilder marks = new StringBuilder(held + modules.size());
    for (FileContents contents : files.values()) {
      add(contents.newest, entries, marks);
      for (List<Placed> earlier : contents.earlier) {
        add(earlier, entries, marks);
      }
    }
    for (LibraryEntry module : modules) {
      entries.add(module);
      marks.append(loaded.getOrDefault(module.path(), LoadedMarks.NONE).charValue());
    }
    Inventory made =
        new Inventory(
            List.copyOf(entries), marks.toString(), LibraryEntry.digest(entries), problem());
    current = made;
    return made;
  }

  private void add(List<Placed> placed, List<LibraryEntry> entries, StringBuilder marks) {
    for (Placed each : placed) {
      entries.add(each.entry());
      marks.append(loaded.getOrDefault(each.place(), LoadedMarks.NONE).charValue());
    }
  }

  private @Nullable String problem() {
    if (unfinished != null || failure != null) {
      return unfinished != null ? unfinished : failure;
    }
    return omitted == 0
        ? null
        : omitted + " libraries beyond the limit of " + entriesMax + " are left out";
  }

  /** Returns how many more entries there is room for. */
  synchronized int room() {
    return Math.max(0, entriesMax - held - modules.size());
  }

  /** Sets how far a pass is. */
  synchronized void unfinished(String progress) {
    unfinished = progress;
    current = null;
  }

  /**
   * A pass has ended.
   *
   * @param reason why it did not come to its end; null if it did
   */
  synchronized void finished(@Nullable String reason) {
    unfinished = null;
    failure = reason;
    current = null;
  }

  /** True while a pass runs, and before the first. */
  synchronized boolean isUnfinished() {
    return unfinished != null;
  }

  synchronized void modules(List<LibraryEntry> all) {
    modules.clear();
    modules.addAll(all);
    current = null;
  }

  /** Counts libraries that are left out. */
  synchronized void omitted(int count) {
    omitted += count;
    current = null;
  }

  /**
   * Adds what a file holds. What it held before stays, because classes may be loaded from it.
   *
   * @param entries sorted by their paths
   */
  synchronized void put(Path file, List<LibraryEntry> entries) {
    FileContents contents = replaced(file);
    List<Placed> placed = new ArrayList<>(entries.size());
    for (LibraryEntry entry : entries) {
      placed.add(new Placed(entry.path(), masked(entry)));
    }
    held += placed.size();
    contents.newest = List.copyOf(placed);
    current = null;
  }

  /** The file is gone, or has other content now. */
  synchronized void gone(Path file) {
    FileContents contents = replaced(file);
    if (contents.earlier.isEmpty()) {
      files.remove(file.toString());
    }
    current = null;
  }

  private FileContents replaced(Path file) {
    FileContents contents = files.computeIfAbsent(file.toString(), path -> new FileContents());
    if (!contents.newest.isEmpty()) {
      List<Placed> before = new ArrayList<>(contents.newest.size());
      for (Placed each : contents.newest) {
        before.add(new Placed(each.place(), each.entry().withProblem(REPLACED)));
      }
      contents.earlier.add(0, before);
      contents.newest = List.of();
    }
    while (contents.earlier.size() > EARLIER_MAX) {
      int gone = contents.earlier.remove(EARLIER_MAX).size();
      held -= gone;
      omitted += gone;
    }
    return contents;
  }

  /** Adds the places that classes are loaded from. A place stays when its classes are unloaded. */
  synchronized void loaded(Map<String, Character> places) {
    for (Map.Entry<String, Character> place : places.entrySet()) {
      if (loaded.size() < LOADED_MAX
          && loaded.putIfAbsent(place.getKey(), place.getValue()) == null) {
        current = null;
      }
    }
  }

  private LibraryEntry masked(LibraryEntry entry) {
    return new LibraryEntry(
        clean(entry.path()),
        entry.kind(),
        entry.group() == null ? null : clean(entry.group()),
        clean(entry.name()),
        entry.version() == null ? null : clean(entry.version()),
        entry.from(),
        entry.sha256(),
        entry.size(),
        entry.agent(),
        entry.problem() == null ? null : clean(entry.problem()));
  }

  /** Without secrets and control characters, whatever a jar calls itself. */
  private String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '\uFFFD' : c);
    }
    return mask.apply(clean.toString());
  }
}
