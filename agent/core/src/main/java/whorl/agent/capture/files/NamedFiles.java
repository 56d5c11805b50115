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
 * Finds the files that alerts and events name, without walking anywhere: so whoever fills a folder
 * with files cannot hide the one that an alert is about. The kernel's own file systems and those on
 * the network are left out, as they are in {@link SearchRoots}.
 */
final class NamedFiles {
  private static final int MAX = 3 * NamedPaths.MAX;
  private static final int FOLDERS_OF_PATH = 32;
  private static final String USUAL_PATH = "/usr/bin:/bin";

  /**
   * A file, folder or link that is named.
   *
   * @param state null when it is not there, or cannot be reached
   */
  record Entry(Path path, @Nullable FileState state, FoundFile.Why why) {
    /** A regular file, or one that is not there any more. */
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
   * @param closed tells paths that are not looked at
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
   * Looks at those that were not looked at yet.
   *
   * @param ofAlert whether an alert names them: what is not there is told then, and what was
   *     written since it was looked at is looked at again
   * @return the new ones, in this order
   */
  List<Entry> look(List<Named> named, boolean ofAlert) throws InterruptedException {
    List<Entry> found = new ArrayList<>();
    for (Named one : named) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      switch (one.role()) {
        case PROGRAM -> program(one, found);
        case WORD -> word(one, found);
        default -> entry(pathOrNull(one, one.path()), one.role(), ofAlert, found);
      }
    }
    return found;
  }

  /** Whether this path was looked at. */
  boolean knows(Path path) {
    return entries.containsKey(path);
  }

  /** What was found so far, in the order in which it was named. */
  Collection<Entry> entries() {
    return entries.values();
  }

  /** How many were named in file systems of the kernel's or on the network. */
  int unreachable() {
    return unreachable;
  }

  private void program(Named one, List<Entry> found) {
    if (one.path().indexOf('/') >= 0) {
      entry(pathOrNull(one, one.path()), Role.WANTED, true, found);
      return;
    }
    String folders = environment.apply("PATH");
    String[] all = (folders == null ? USUAL_PATH : folders).split(File.pathSeparator);
    for (int i = 0; i < all.length && i < FOLDERS_OF_PATH; i++) {
      Path path = all[i].isEmpty() ? null : pathOrNull(one, all[i] + "/" + one.path());
      if (path != null && isRegular(path)) {
        entry(path, Role.WANTED, false, found);
        return;
      }
    }
  }

  /**
   * A word that is a file: what can be run is wanted, anything else was perhaps read only. It is
   * not opened to find out, which could release a lock of the application's.
   */
  private void word(Named one, List<Entry> found) {
    Path path = pathOrNull(one, one.path());
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
        || before != null && !isNews(before, state, role, ofAlert)) {
      return;
    }
    Entry entry = new Entry(open, state, why(state, role));
    entries.put(open, entry);
    found.add(entry);
    if (state != null && state.link()) {
      entry(realOrNull(open), role, ofAlert, found);
    }
  }

  /** Whether a path that was looked at is worth it again: what an alert names was written since. */
  private static boolean isNews(
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

  /** The path itself, or the file that one of the kernel's own names leads to. */
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

  private static @Nullable Path realOrNull(Path path) {
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
      // What a step back leads to depends on the links before it.
      Path real = normal.equals(whole) || closed.test(normal) ? null : realOrNull(whole);
      return real == null ? normal : real;
    } catch (InvalidPathException notSpelt) {
      return null;
    }
  }
}
