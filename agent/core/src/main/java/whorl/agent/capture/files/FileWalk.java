package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.BackgroundYield;

/**
 * Walks through places, a few of them side by side, so that one that is full of files does not keep
 * the walk from the others; in each, what is near before what is deep. Follows no link and leaves
 * no file system; bounded in entries, time and open folders. What cannot be read is counted.
 */
final class FileWalk {
  /** SearchRoots walked at a time; each holds one folder open at most. */
  private static final int SIDE_BY_SIDE = 8;

  /** Entries of one place before it is the next one's turn. */
  private static final int TURN_ENTRIES = 64;

  /** Takes one entry. */
  @FunctionalInterface
  interface Visitor {
    void visit(Path path, FileState state) throws IOException;
  }

  /**
   * What to walk.
   *
   * @param places in the order in which to begin
   * @param closed tells folders not to look into
   */
  record Ground(List<SearchRoots.Place> places, Predicate<Path> closed) {}

  private record Folder(Path path, int depth, long device) {}

  private final int maxEntries;
  private final long endNanos;
  private final LongSupplier nanoClock;
  private final Ground ground;
  private final FileStates states;
  private final BackgroundYield backgroundYield = new BackgroundYield();
  private final Visitor visitor;

  /** Folders that were listed, and how many folders deep. */
  private final Map<Path, Integer> listed = new HashMap<>();

  private int entries;
  private int unreadable;
  private boolean cut;

  /**
   * @param endNanos when to give up, by {@code nanoClock}
   */
  FileWalk(
      Ground ground,
      FileStates states,
      int maxEntries,
      long endNanos,
      LongSupplier nanoClock,
      Visitor visitor) {
    this.ground = ground;
    this.states = states;
    this.maxEntries = maxEntries;
    this.endNanos = endNanos;
    this.nanoClock = nanoClock;
    this.visitor = visitor;
  }

  /** Walks; what was told in one place is not told again in another. */
  void walk() throws IOException, InterruptedException {
    Iterator<SearchRoots.Place> waiting = ground.places().iterator();
    Deque<Way> ways = new ArrayDeque<>(SIDE_BY_SIDE);
    try {
      while (!cut) {
        while (ways.size() < SIDE_BY_SIDE && waiting.hasNext()) {
          ways.add(new Way(waiting.next()));
        }
        Way way = ways.peek();
        if (way == null) {
          return;
        }
        boolean more = way.turn();
        ways.remove();
        if (more) {
          ways.add(way);
        }
      }
    } finally {
      for (Way way : ways) {
        way.close();
      }
    }
  }

  int entries() {
    return entries;
  }

  int unreadable() {
    return unreadable;
  }

  /** Whether there is more than was looked at. */
  boolean cut() {
    return cut;
  }

  private @Nullable FileState state(Path path) {
    try {
      return states.of(path);
    } catch (IOException | SecurityException goneOrForbidden) {
      unreadable++;
      return null;
    }
  }

  private void tell(Path path, FileState state) throws IOException {
    entries++;
    visitor.visit(path, state);
  }

  /** The way through one place. */
  private final class Way {
    private final SearchRoots.Place place;
    private final Deque<Folder> waiting = new ArrayDeque<>();
    private boolean begun;
    private @Nullable Folder folder;
    private @Nullable DirectoryStream<Path> stream;
    private @Nullable Iterator<Path> children;

    /** Whether the folder's entries were told before, when it was not gone into as deep. */
    private boolean told;

    Way(SearchRoots.Place place) {
      this.place = place;
    }

    /** Goes on for a turn; whether there is more. */
    boolean turn() throws IOException, InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!begun) {
        begun = true;
        begin();
      }
      for (int i = 0; i < TURN_ENTRIES; i++) {
        Path child = next();
        if (child == null) {
          return false;
        }
        if (entries >= maxEntries || nanoClock.getAsLong() - endNanos > 0) {
          cut = true;
          return true;
        }
        backgroundYield.giveWay();
        entry(child);
      }
      return true;
    }

    private void begin() throws IOException {
      Path path = place.path();
      Integer before = listed.get(path);
      FileState state = before != null && before >= place.depth() ? null : state(path);
      if (state == null) {
        return;
      }
      if (before == null) {
        tell(path, state);
      }
      if (state.directory()) {
        waiting.add(new Folder(path, place.depth(), state.device()));
      }
    }

    private void entry(Path child) throws IOException {
      FileState state = state(child);
      if (state == null) {
        return;
      }
      if (!told) {
        tell(child, state);
      }
      if (folder != null
          && state.directory()
          && state.device() == folder.device()
          && folder.depth() > 1
          && !ground.closed().test(child)) {
        waiting.add(new Folder(child, folder.depth() - 1, folder.device()));
      }
    }

    private @Nullable Path next() {
      while (true) {
        try {
          if (children != null && children.hasNext()) {
            return children.next();
          }
        } catch (DirectoryIteratorException e) {
          unreadable++;
        }
        close();
        folder = waiting.poll();
        if (folder == null) {
          return null;
        }
        open(folder);
      }
    }

    private void open(Folder next) {
      Integer before = listed.get(next.path());
      if (before != null && before >= next.depth()) {
        return;
      }
      listed.put(next.path(), next.depth());
      told = before != null;
      try {
        stream = Files.newDirectoryStream(next.path());
        children = stream.iterator();
      } catch (IOException | SecurityException e) {
        unreadable++;
      }
    }

    void close() {
      children = null;
      if (stream != null) {
        try {
          stream.close();
        } catch (IOException e) {
          unreadable++;
        }
        stream = null;
      }
    }
  }
}
