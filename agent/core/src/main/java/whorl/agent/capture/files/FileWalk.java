package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.Courtesy;

/**
 * Walks through places, what is near before what is deep, following no link and leaving no file
 * system; bounded in entries and time. What cannot be read is counted.
 */
final class FileWalk {
  /** Takes one entry. */
  @FunctionalInterface
  interface Visitor {
    void visit(Path path, FileState state) throws IOException;
  }

  private record Folder(Path path, int depth, long device) {}

  private final int maxEntries;
  private final long endNanos;
  private final LongSupplier nanoClock;
  private final Places places;
  private final FileStates states;
  private final Courtesy courtesy = new Courtesy();
  private final Visitor visitor;
  private final Set<Path> seen = new HashSet<>();
  private int entries;
  private int unreadable;
  private boolean cut;

  /**
   * @param endNanos when to give up, by {@code nanoClock}
   */
  FileWalk(
      Places places,
      FileStates states,
      int maxEntries,
      long endNanos,
      LongSupplier nanoClock,
      Visitor visitor) {
    this.places = places;
    this.states = states;
    this.maxEntries = maxEntries;
    this.endNanos = endNanos;
    this.nanoClock = nanoClock;
    this.visitor = visitor;
  }

  /** Walks; a folder that was in an earlier place is not walked again. */
  void walk() throws IOException, InterruptedException {
    for (Places.Place place : places.all()) {
      if (cut) {
        return;
      }
      Path path = place.path();
      if (seen.contains(path)) {
        continue;
      }
      FileState state = visit(path);
      if (state != null && state.directory()) {
        walk(new Folder(path, place.depth(), state.device()));
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

  private void walk(Folder root) throws IOException, InterruptedException {
    Deque<Folder> waiting = new ArrayDeque<>();
    waiting.add(root);
    while (!waiting.isEmpty() && !cut) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Folder folder = waiting.remove();
      if (seen.add(folder.path())) {
        list(folder, waiting);
      }
    }
  }

  private void list(Folder folder, Deque<Folder> waiting) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder.path())) {
      for (Path child : children) {
        if (entries >= maxEntries || nanoClock.getAsLong() - endNanos > 0) {
          cut = true;
          return;
        }
        courtesy.giveWay();
        FileState state = visit(child);
        if (state != null
            && state.directory()
            && state.device() == folder.device()
            && folder.depth() > 1
            && !places.closed(child)) {
          waiting.add(new Folder(child, folder.depth() - 1, folder.device()));
        }
      }
    } catch (DirectoryIteratorException e) {
      unreadable++;
    } catch (IOException | SecurityException e) {
      unreadable++;
    }
  }

  private @Nullable FileState visit(Path path) throws IOException {
    FileState state;
    try {
      state = states.of(path);
    } catch (IOException | SecurityException goneOrForbidden) {
      unreadable++;
      return null;
    }
    entries++;
    visitor.visit(path, state);
    return state;
  }
}
