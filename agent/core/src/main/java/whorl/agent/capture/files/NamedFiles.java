package whorl.agent.capture.files;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.files.NamedPaths.Named;
import whorl.agent.capture.files.NamedPaths.Role;

/**
 * Finds the files that alerts and events name without walking folders, so an attacker cannot hide a
 * file by filling a folder. File systems of the kernel and of the network are excluded, as in
 * {@link SearchRoots}.
 */
final class NamedFiles {
  private static final int MAX = 3 * NamedPaths.MAX;
  private static final int FOLDERS_OF_PATH = 32;
  private static final String USUAL_PATH = "/usr/bin:/bin";

  /**
   * A named file, folder or link.
   *
   * @param state null if it does not exist or cannot be reached
   */
  record Entry(Path path, @Nullable FileState state, FoundFile.Why why) {
    /** True for a regular file, or one that no longer exists. */
    boolean file() {
      return state == null || state.regular();
    }

    FoundFile found() {
      return new FoundFile(path.toString(), state == null ? null : path, state, why);
    }
  }

  private final Predicate<Path> closed;
  private final FileStates states;
  private final Instant since;
  private final UnaryOperator<@Nullable String> environment;
  private final Map<Path, Entry> entries = new LinkedHashMap<>();
  private int unreachable;

  /**
   * @param closed true for paths that must not be touched
   * @param since a file that was touched later has changed
   * @param environment reads a variable
   */
  NamedFiles(
      Predicate<Path> closed,
      FileStates states,
      Instant since,
      UnaryOperator<@Nullable String> environment) {
    this.closed = closed;
    this.states = states;
    this.since = since;
    this.environment = environment;
  }

  /**
   * Reads the attributes of files that were not resolved yet.
   *
   * @param ofAlert true if an alert names them: then missing files are included too, and files that
   *     were written since are read again
   * @return the new entries, in this order
   */
  List<Entry> resolve(List<Named> named, boolean ofAlert) throws InterruptedException {
    List<Entry> found = new ArrayList<>();
    for (Named namedPath : named) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      switch (namedPath.role()) {
        case PROGRAM -> program(namedPath, found);
        case WORD -> word(namedPath, found);
        default -> entry(pathOrNull(namedPath, namedPath.path()), namedPath.role(), ofAlert, found);
      }
    }
    return found;
  }

  /** True if this path was resolved. */
  boolean knows(Path path) {
    return entries.containsKey(path);
  }

  /** Returns all entries so far, in the order in which they were named. */
  Collection<Entry> entries() {
    return entries.values();
  }

  /** Returns how many paths were in file systems of the kernel or of the network. */
  int unreachable() {
    return unreachable;
  }

  private void program(Named namedPath, List<Entry> found) {
    if (namedPath.path().indexOf('/') >= 0) {
      entry(pathOrNull(namedPath, namedPath.path()), Role.WANTED, true, found);
      return;
    }
    String folders = environment.apply("PATH");
    String[] folderNames = (folders == null ? USUAL_PATH : folders).split(File.pathSeparator);
    for (int i = 0; i < folderNames.length && i < FOLDERS_OF_PATH; i++) {
      Path path =
          folderNames[i].isEmpty()
              ? null
              : pathOrNull(namedPath, folderNames[i] + "/" + namedPath.path());
      if (path != null && isRegular(path)) {
        entry(path, Role.WANTED, false, found);
        return;
      }
    }
  }

  /**
   * Adds a word that is a file. A script is wanted; any other file was perhaps only read. It is not
   * opened to check, because that could release a lock of the application.
   */
  private void word(Named namedPath, List<Entry> found) {
    Path path = pathOrNull(namedPath, namedPath.path());
    if (path != null && isRegular(path)) {
      entry(path, isScript(path) ? Role.WANTED : Role.LOOKED_AT, false, found);
    }
  }

  private void entry(@Nullable Path path, Role role, boolean ofAlert, List<Entry> found) {
    Path open = path == null ? null : reachable(path);
    if (open == null) {
      unreachable += path == null ? 0 : 1;
      return;
    }
    if (entries.size() >= MAX && !entries.containsKey(open)) {
      return;
    }
    FileState state = state(open);
    Entry before = entries.get(open);
    if (state == null && (!ofAlert || before != null)
        || before != null && !needsUpdate(before, state, role, ofAlert)) {
      return;
    }
    Entry entry = new Entry(open, state, why(state, role));
    entries.put(open, entry);
    found.add(entry);
    if (state != null && state.link()) {
      entry(realOrNull(open), role, ofAlert, found);
    }
  }

  /** True if a resolved path must be read again: an alert names it, and it was written since. */
  private static boolean needsUpdate(
      Entry before, @Nullable FileState state, Role role, boolean ofAlert) {
    FileState earlier = before.state();
    return role == Role.WANTED && before.why() == FoundFile.Why.LOOKED_AT
        || ofAlert
            && state != null
            && (earlier == null || state.lastTouched().isAfter(earlier.lastTouched()));
  }

  private FoundFile.Why why(@Nullable FileState state, Role role) {
    if (state != null && !state.lastTouched().isBefore(since)) {
      boolean born = state.born() != null && !state.born().isBefore(since);
      return born ? FoundFile.Why.CREATED : FoundFile.Why.CHANGED;
    }
    return role == Role.LOOKED_AT ? FoundFile.Why.LOOKED_AT : FoundFile.Why.NAMED;
  }

  /** Returns the path itself, or the file that a path in {@code /proc} leads to. */
  private @Nullable Path reachable(Path path) {
    if (!closed.test(path)) {
      return path;
    }
    Path real = path.startsWith("/proc") ? realOrNull(path) : null;
    return real == null || closed.test(real) ? null : real;
  }

  private boolean isRegular(Path path) {
    return !closed.test(path) && Files.isRegularFile(path);
  }

  private boolean isScript(Path path) {
    FileState state = state(path);
    return state != null
        && new FoundFile(path.toString(), path, state, FoundFile.Why.NAMED).runnable();
  }

  private @Nullable FileState state(Path path) {
    try {
      return states.of(path);
    } catch (IOException | SecurityException goneOrForbidden) {
      return null;
    }
  }

  /** The path without links; null if it leads nowhere. */
  static @Nullable Path realOrNull(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException | SecurityException leadsNowhere) {
      return null;
    }
  }

  private @Nullable Path pathOrNull(Named named, String name) {
    try {
      Path path = Path.of(name);
      String folder = named.folder();
      Path whole = (folder == null ? path : Path.of(folder).resolve(path)).toAbsolutePath();
      Path normal = whole.normalize();
      // The target of ".." depends on the links before it.
      Path real = normal.equals(whole) || closed.test(normal) ? null : realOrNull(whole);
      return real == null ? normal : real;
    } catch (InvalidPathException notSpelt) {
      return null;
    }
  }
}
