package whorl.agent.library;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.Reason;
import whorl.evidence.library.LibraryEntry;

/**
 * Makes the inventory of libraries and keeps it true, on one thread of the agent, slowly and in
 * quiet times: the first pass reads all jars that are known; then, once a minute, new places of
 * loaded classes and files that have changed are looked for, and only those are read.
 */
final class LibraryScans implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(LibraryScans.class);

  /** The most files that are known. */
  static final int PLACES_MAX = 4_096;

  /** The most files that wait to be read: one manifest can name ten thousand. */
  static final int QUEUED_MAX = 2 * PLACES_MAX;

  private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A file that changes more often is no longer read again. */
  private static final int CHANGES_MAX = 20;

  /** How long a quiet moment is taken to last. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** A file that changes while it is read is read again, so many times. */
  private static final int TRIES_MAX = 3;

  private static final Comparator<LibraryEntry> ORDER =
      Comparator.comparing(LibraryEntry::path)
          .thenComparing(LibraryEntry::kind)
          .thenComparing(LibraryEntry::name)
          .thenComparing(entry -> entry.version() == null ? "" : entry.version());

  private final LibraryInventory inventory;
  private final Supplier<Set<Path>> atStart;
  private final LoadedPlaces loadedPlaces;
  private final Libraries.Quiet quiet;
  private final Pace pace;
  private final Runnable changed;
  private final Map<Path, FileStamp> known = new HashMap<>();

  /** How often each file has changed. */
  private final Map<Path, Integer> changes = new HashMap<>();

  /** Files that are to be read. */
  private final Set<Path> queue = new LinkedHashSet<>();

  /** What is no jar or is not there, by what was there instead. */
  private final Map<Path, String> passedOver = new HashMap<>();

  /** Files that loaded classes come from. */
  private final Set<Path> inUse = new HashSet<>();

  private volatile @Nullable Thread thread;
  private volatile boolean awake;
  private boolean begun;
  private boolean waited;
  private long quietNanos;

  /**
   * @param atStart the files that the JVM was started with
   * @param changed runs on this thread after each pass, and when it was woken
   */
  LibraryScans(
      LibraryInventory inventory,
      Supplier<Set<Path>> atStart,
      LoadedPlaces loadedPlaces,
      Libraries.Quiet quiet,
      Pace pace,
      Runnable changed) {
    this.inventory = inventory;
    this.atStart = atStart;
    this.loadedPlaces = loadedPlaces;
    this.quiet = quiet;
    this.pace = pace;
    this.changed = changed;
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (!Thread.currentThread().isInterrupted()) {
      try {
        pass();
      } catch (InterruptedException | InterruptedIOException ends) {
        return;
      } catch (OutOfMemoryError noRoom) {
        inventory.finished("there was no memory left for it");
      } catch (RuntimeException | LinkageError failure) {
        log.warn("the inventory of libraries is not up to date", failure);
        inventory.finished("the last look failed: " + Reason.of(failure));
      }
      waitForNextPass();
    }
  }

  /** Has {@code changed} run soon, on the thread of this object; any thread. */
  void wake() {
    awake = true;
    Thread waiting = thread;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  private void waitForNextPass() {
    changed.run();
    long until = System.nanoTime() + PERIOD_NANOS;
    for (long left = PERIOD_NANOS;
        left > 0 && !Thread.currentThread().isInterrupted();
        left = until - System.nanoTime()) {
      if (awake) {
        awake = false;
        changed.run();
      }
      LockSupport.parkNanos(this, left);
    }
  }

  /** Looks for what is new, and reads it. */
  void pass() throws InterruptedException, InterruptedIOException {
    if (!begun) {
      inventory.modules(ImageModules.all());
      for (Path file : atStart.get()) {
        enqueue(file);
      }
      begun = true;
    }
    Map<String, Character> places = loadedPlaces.look();
    inventory.loaded(places);
    for (String place : places.keySet()) {
      int within = place.indexOf("!/");
      if (!place.startsWith(LoadedPlaces.IMAGE)) {
        Path file = Path.of(within < 0 ? place : place.substring(0, within));
        if (inUse.size() < PLACES_MAX) {
          inUse.add(file);
        }
        if (!known.containsKey(file)) {
          String before = passedOver.get(file);
          if (before == null || !before.equals(state(file))) {
            enqueue(file);
          }
        }
      }
    }
    queueChangedFiles();
    readQueue();
    inventory.finished(null);
  }

  /** The known files whose content may be another one now are read again; what is gone is noted. */
  private void queueChangedFiles() {
    for (Map.Entry<Path, FileStamp> each : List.copyOf(known.entrySet())) {
      Path file = each.getKey();
      try {
        if (!each.getValue().equals(FileStamp.of(file))
            && changes.merge(file, 1, Integer::sum) <= CHANGES_MAX) {
          known.remove(file);
          enqueue(file);
        }
      } catch (NoSuchFileException gone) {
        known.remove(file);
        passOver(file);
        inventory.gone(file);
      } catch (IOException unreadable) {
        // It may be readable at the next look.
      }
    }
  }

  private void readQueue() throws InterruptedException, InterruptedIOException {
    for (int read = 0; !queue.isEmpty(); read++) {
      inventory.unfinished(read + " of " + (read + queue.size()) + " new files are read");
      Path file = queue.iterator().next();
      if (known.size() >= PLACES_MAX || inventory.room() == 0) {
        passOver(file);
        inventory.omitted(1);
      } else {
        awaitQuiet();
        String classPath = read(file);
        if (classPath != null) {
          for (Path named : FilePaths.classPath(file, classPath)) {
            if (!known.containsKey(named) && !passedOver.containsKey(named)) {
              enqueue(named);
            }
          }
        }
      }
      queue.remove(file);
      if (awake) {
        awake = false;
        changed.run();
      }
    }
  }

  private void enqueue(Path file) {
    if (queue.size() < QUEUED_MAX) {
      queue.add(file);
    } else if (!queue.contains(file)) {
      inventory.omitted(1);
    }
  }

  /** Waiting takes a moment, which is too long before each of thousands of small jars. */
  private void awaitQuiet() throws InterruptedException {
    long now = System.nanoTime();
    if (!waited || now - quietNanos > QUIET_NANOS) {
      quiet.await();
      waited = true;
      quietNanos = System.nanoTime();
    }
  }

  private void passOver(Path file) {
    if (passedOver.size() < PLACES_MAX) {
      passedOver.put(file, state(file));
    }
  }

  /** What is at this path, as text. */
  private static String state(Path file) {
    try {
      return String.valueOf(FileStamp.of(file));
    } catch (IOException absent) {
      return "";
    }
  }

  /** Reads the file, again if it changes meanwhile; returns its {@code Class-Path}. */
  private @Nullable String read(Path file) throws InterruptedIOException {
    try {
      for (int attempt = 1; ; attempt++) {
        FileStamp before = FileStamp.of(file);
        JarScan.Scanned scanned =
            before == null ? null : new JarScan(pace, inventory.room()).read(file);
        if (before == null || scanned == null) {
          passOver(file);
          return null;
        }
        FileStamp after = FileStamp.of(file);
        boolean steady = before.equals(after);
        if (steady || attempt == TRIES_MAX) {
          known.put(file, before);
          List<LibraryEntry> entries = new ArrayList<>(scanned.entries());
          if (!steady) {
            entries.replaceAll(entry -> entry.withProblem("the file changed while it was read"));
          }
          entries.sort(ORDER);
          inventory.put(file, entries);
          if (scanned.omitted() > 0) {
            inventory.omitted(scanned.omitted());
          }
          return scanned.classPath();
        }
      }
    } catch (InterruptedIOException ends) {
      throw ends;
    } catch (NoSuchFileException gone) {
      passOver(file);
      // A path may name jars that were never there.
      if (inUse.contains(file)) {
        unread(file, "the file does not exist any more");
      }
    } catch (IOException | RuntimeException e) {
      unread(file, Reason.of(e));
    }
    return null;
  }

  /** Lists a file that cannot be read. */
  private void unread(Path file, String reason) {
    passOver(file);
    if (file.toString().endsWith(".jar")) {
      inventory.put(file, new JarDescription().entries(file.toString(), null, 0, reason));
    }
  }
}
