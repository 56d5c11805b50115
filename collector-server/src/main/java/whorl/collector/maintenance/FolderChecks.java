package whorl.collector.maintenance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;

/**
 * Checks the data folder of a collector that does not run. Nothing in the folder is changed, and
 * databases are not read while a collector has them open.
 */
public final class FolderChecks {
  /** Below this, uploads are refused; twice as much is a warning. */
  private static final long RESERVE_BYTES = 512L << 20;

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

  private static final Set<PosixFilePermission> GROUP =
      Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);

  private final DataFolder folder;
  private final List<Check> checks = new ArrayList<>();

  private FolderChecks(DataFolder folder) {
    this.folder = folder;
  }

  /** Returns what is right and wrong with this folder. */
  public static List<Check> of(Path folder) {
    FolderChecks all = new FolderChecks(new DataFolder(folder));
    all.run();
    return List.copyOf(all.checks);
  }

  private void run() {
    Path root = folder.root();
    if (!Files.isDirectory(root)) {
      checks.add(
          Check.fail(
              "folder",
              root + " is no folder",
              "give the folder of serve --data; in a pod it is /data of the chart"));
      return;
    }
    boolean free = lock();
    marks();
    permissions();
    room();
    secretFile("custody key", folder.logKey(), "chmod 600 it");
    secretFile("tokens", root.resolve("tokens"), "chmod 600 it, and make new tokens");
    for (Path database : List.of(folder.catalog(), folder.cases(), folder.lake())) {
      database(database, free);
    }
  }

  /** True if no collector has the folder. */
  private boolean lock() {
    Path file = folder.root().resolve("lock");
    if (!Files.exists(file)) {
      checks.add(Check.ok("lock", "no collector has used this folder yet"));
      return true;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock lock = tried(channel);
      if (lock != null) {
        lock.release();
        checks.add(Check.ok("lock", "no collector runs on it"));
        return true;
      }
      checks.add(
          Check.warn(
              "lock",
              "a collector runs on it",
              "ask that one: whorl doctor --url URL; its databases are not checked here"));
    } catch (IOException e) {
      checks.add(
          Check.fail(
              "lock",
              "the lock cannot be opened: " + e.getMessage(),
              "run this as the user of the collector, or give the folder to that user"));
    }
    return false;
  }

  private static @Nullable FileLock tried(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      return null;
    }
  }

  private void marks() {
    if (Files.exists(folder.restoring())) {
      checks.add(
          Check.fail(
              "restore",
              "a restore into it did not end; no collector starts",
              "run whorl restore again, into the same folder"));
    }
    if (Files.exists(folder.moved())) {
      checks.add(
          Check.fail(
              "moved",
              "everything was moved to a database and an object store; no collector starts",
              "start collectors with --records and --objects (docs/several-collectors.md)"));
    }
  }

  private void permissions() {
    Path root = folder.root();
    if (!Files.isWritable(root) || !Files.isExecutable(root)) {
      checks.add(
          Check.fail(
              "permissions",
              "this user cannot write to it",
              "chown it to the user of the collector; in a pod, set fsGroup"));
      return;
    }
    Set<PosixFilePermission> permissions = permissions(root);
    if (permissions != null
        && (permissions.contains(PosixFilePermission.OTHERS_READ)
            || permissions.contains(PosixFilePermission.OTHERS_EXECUTE))) {
      checks.add(
          Check.warn(
              "permissions",
              "it is open to others: " + PosixFilePermissions.toString(permissions),
              "chmod 700 it: what is in it is evidence"));
      return;
    }
    checks.add(Check.ok("permissions", "writable, and closed to others"));
  }

  private void room() {
    long free = folder.root().toFile().getUsableSpace();
    String seen = (free >> 20) + " MiB are free";
    String remedy = "free some space, make the volume larger, or set serve --retain";
    if (free < RESERVE_BYTES) {
      checks.add(Check.fail("room", seen + "; uploads are refused below 512", remedy));
    } else if (free < 2 * RESERVE_BYTES) {
      checks.add(Check.warn("room", seen + "; uploads are refused below 512", remedy));
    } else {
      checks.add(Check.ok("room", seen));
    }
  }

  private void secretFile(String name, Path file, String remedy) {
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.isReadable(file)) {
      checks.add(
          Check.fail(
              name, file + " cannot be read by this user", "give it to the collector's user"));
      return;
    }
    Set<PosixFilePermission> permissions = permissions(file);
    if (permissions != null && permissions.stream().anyMatch(OTHERS::contains)) {
      checks.add(
          Check.fail(
              name,
              file + " is open to others: " + PosixFilePermissions.toString(permissions),
              remedy));
    } else if (permissions != null && permissions.stream().anyMatch(GROUP::contains)) {
      checks.add(
          Check.warn(
              name,
              file + " is open to its group: " + PosixFilePermissions.toString(permissions),
              "chmod 600 it; in a pod with fsGroup it stays so, because that is the pod's own"
                  + " group"));
    } else {
      checks.add(Check.ok(name, file + " is for its owner only"));
    }
  }

  private static @Nullable Set<PosixFilePermission> permissions(Path file) {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    try {
      return view == null ? null : view.readAttributes().permissions();
    } catch (IOException unreadable) {
      return null;
    }
  }

  private void database(Path file, boolean free) {
    if (!Files.exists(file) || !free) {
      return;
    }
    String name = String.valueOf(file.getFileName());
    try {
      String problem = SqliteDatabase.check(file);
      checks.add(
          problem == null
              ? Check.ok(name, "whole, by SQLite's quick check")
              : Check.fail(
                  name, "damaged: " + problem, "restore the last backup with whorl restore"));
    } catch (IOException e) {
      checks.add(
          Check.fail(
              name,
              "cannot be checked: " + e.getMessage(),
              "run this as the user of the collector"));
    }
  }
}
