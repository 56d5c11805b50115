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
 * Walks through several places in parallel turns, so that a place full of files does not delay the
 * others; within each, shallow folders come before deep ones. Follows no link and crosses no file
 * system. Bounded in entries, time and open folders. Unreadable entries are counted.
 */
final class FileWalk {
  /** Places walked at a time; each holds at most one folder open. */
  private static final int SIDE_BY_SIDE = 8;

  /** Entries of one place before it is the next one's turn. */
  private static final int TURN_ENTRIES = 64;

  /** Receives one entry. */
  @FunctionalInterface
  interface Visitor {
    void visit(Path path, FileState state) throws IOException;
  }

  /**
   * What to walk.
   *
   * @param places in the order in which to begin
   * @param closed true for folders not to enter
   */
  record Scope(List<SearchRoots.Place> places, Predicate<Path> closed) {}

  private record Folder(Path path, int depth, long device) {}

  private final int maxEntries;
  private final long endNanos;
  private final LongSupplier nanoClock;
  private final Scope scope;
  private final FileStates states;
  private final BackgroundYield backgroundYield = new BackgroundYield();
  private final Visitor visitor;

  /** Folders that were listed, and to which depth. */
  private final Map<Path, Integer> listed = new HashMap<>();

  private int entries;
  private int unreadable;
  private boolean cut;

  /**
   * @param endNanos when to give up, by {@code nanoClock}
   */
  FileWalk(
      Scope scope,
      FileStates states,
      int maxEntries,
      long endNanos,
      LongSupplier nanoClock,
      Visitor visitor) {
    this.scope = scope;
    this.states = states;
    this.maxEntries = maxEntries;
    this.endNanos = endNanos;
    this.nanoClock = nanoClock;
    this.visitor = visitor;
  }

  /** Walks all places; an entry of several places is visited once. */
  void walk() throws IOException, InterruptedException {
    Iterator<SearchRoots.Place> waiting = scope.places().iterator();
    Deque<PlaceWalk> placeWalks = new ArrayDeque<>(SIDE_BY_SIDE);
    try {
      while (!cut) {
        while (placeWalks.size() < SIDE_BY_SIDE && waiting.hasNext()) {
          placeWalks.add(new PlaceWalk(waiting.next()));
        }
        PlaceWalk placeWalk = placeWalks.peek();
        if (placeWalk == null) {
          return;
        }
        boolean more = placeWalk.turn();
        placeWalks.remove();
        if (more) {
          placeWalks.add(placeWalk);
        }
      }
    } finally {
      for (PlaceWalk placeWalk : placeWalks) {
        placeWalk.close();
      }
    }
  }

  int entries() {
    return entries;
  }

  int unreadable() {
    return unreadable;
  }

  /** True if not everything was visited. */
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

  private void visit(Path path, FileState state) throws IOException {
    entries++;
    visitor.visit(path, state);
  }

  /** The walk through one place. */
  private final class PlaceWalk {
    private final SearchRoots.Place place;
    private final Deque<Folder> waiting = new ArrayDeque<>();
    private boolean started;
    private @Nullable Folder folder;
    private @Nullable DirectoryStream<Path> stream;
    private @Nullable Iterator<Path> children;

    /** True if the folder's entries were visited before, in a walk of smaller depth. */
    private boolean visited;

    PlaceWalk(SearchRoots.Place place) {
      this.place = place;
    }

    /** Continues for one turn; returns true if there is more. */
    boolean turn() throws IOException, InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!started) {
        started = true;
        visitPlace();
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

    private void visitPlace() throws IOException {
      Path path = place.path();
      Integer before = listed.get(path);
      FileState state = before != null && before >= place.depth() ? null : state(path);
      if (state == null) {
        return;
      }
      if (before == null) {
        visit(path, state);
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
      if (!visited) {
        visit(child, state);
      }
      if (folder != null
          && state.directory()
          && state.device() == folder.device()
          && folder.depth() > 1
          && !scope.closed().test(child)) {
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
      visited = before != null;
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
