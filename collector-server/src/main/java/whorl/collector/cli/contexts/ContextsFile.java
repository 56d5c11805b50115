package whorl.collector.cli.contexts;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.evidence.Json;

/**
 * The file with the contexts, {@code $XDG_CONFIG_HOME/whorl/contexts.json}, which only its owner
 * can read. A change replaces it at once, and changes take turns, also those of several processes.
 */
public final class ContextsFile {
  private static final String NAME = "contexts.json";
  private static final String LOCK = "contexts.lock";
  private static final int MAX_BYTES = 4 << 20;
  private static final Duration LOCK_WAIT = Duration.ofSeconds(40);
  private static final Duration LOCK_RETRY = Duration.ofMillis(50);
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private static final Set<PosixFilePermission> OF_OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private final @Nullable Path folder;

  private ContextsFile(@Nullable Path folder) {
    this.folder = folder;
  }

  /** The file of the user who has this environment. */
  public static ContextsFile of(Map<String, String> environment) {
    String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
    if (Path.of(config).isAbsolute()) { // others are to be ignored, says the specification
      return new ContextsFile(Path.of(config, "whorl"));
    }
    String home = environment.getOrDefault("HOME", environment.getOrDefault("USERPROFILE", ""));
    return new ContextsFile(Path.of(home).isAbsolute() ? Path.of(home, ".config", "whorl") : null);
  }

  /** A change of the contexts; may take some time. */
  @FunctionalInterface
  public interface Change {
    StoredContexts of(StoredContexts now);
  }

  /** Returns the contexts; none if there is no file. */
  public StoredContexts read() {
    if (folder == null) {
      return StoredContexts.NONE;
    }
    Path file = folder.resolve(NAME);
    try {
      requirePrivate(file);
      if (Files.size(file) > MAX_BYTES) {
        throw damaged(file);
      }
      StoredContexts read = Json.LENIENT.readValue(Files.readAllBytes(file), StoredContexts.class);
      if (read == null) {
        throw damaged(file);
      }
      return read;
    } catch (NoSuchFileException none) {
      return StoredContexts.NONE;
    } catch (JsonProcessingException e) {
      throw damaged(file); // without the cause, whose message may hold a token
    } catch (IOException e) {
      throw CliException.failed(
          "cannot read " + file + ": " + reason(e),
          "it must belong to you; XDG_CONFIG_HOME names another folder");
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    if (POSIX && Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
      throw CliException.failed(
          file + " can be read or written by others, and has credentials",
          "chmod 600 " + file + "; if others may have read it, log in again");
    }
  }

  private static CliException damaged(Path file) {
    return CliException.failed(
        file + " is not what whorl login writes", "delete it, and log in again");
  }

  /** Changes the contexts while no other process does; an exception leaves them as they are. */
  public void change(Change change) {
    Path place = place();
    Path prepared = null;
    try (FileChannel turns =
        FileChannel.open(
            place.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            only("rw-------"))) {
      takeTurn(turns, place); // until the channel is closed
      // before the change, so that a full or read-only disk is noticed while nothing is lost yet
      prepared = Files.createTempFile(place, "contexts", ".new", only("rw-------"));
      StoredContexts changed = change.of(read());
      try (FileChannel out = FileChannel.open(prepared, StandardOpenOption.WRITE)) {
        for (ByteBuffer left = ByteBuffer.wrap(Json.bytes(changed)); left.hasRemaining(); ) {
          out.write(left);
        }
        out.force(true);
      }
      Files.move(prepared, place.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
      prepared = null;
    } catch (IOException e) {
      throw unwritable(place, e);
    } finally {
      delete(prepared);
    }
  }

  private static void delete(@Nullable Path unused) {
    try {
      if (unused != null) {
        Files.deleteIfExists(unused);
      }
    } catch (IOException e) {
      throw CliException.failed("cannot delete " + unused + ": " + reason(e), null);
    }
  }

  private static void takeTurn(FileChannel channel, Path place) throws IOException {
    for (long waited = 0; waited < LOCK_WAIT.toMillis(); waited += LOCK_RETRY.toMillis()) {
      try {
        if (channel.tryLock() != null) {
          return;
        }
      } catch (OverlappingFileLockException inThisProcess) {
        // another thread has it
      }
      CommandContext.pause(LOCK_RETRY);
    }
    throw CliException.failed(
        "another whorl command has held " + place.resolve(LOCK) + " for a long time",
        "wait for it, or end it");
  }

  private Path place() {
    if (folder == null) {
      throw CliException.failed(
          "there is no home to keep a login in",
          "set XDG_CONFIG_HOME to a folder of yours, or give WHORL_TOKEN and do without a login");
    }
    try {
      Path parent = folder.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(folder, only("rwx------"));
      } else if (POSIX && Files.isWritable(folder)) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      return folder;
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static CliException unwritable(Path place, IOException e) {
    return CliException.failed(
        "cannot keep a login in " + place + ": " + reason(e),
        "set XDG_CONFIG_HOME to a folder that you can write, or give WHORL_TOKEN and do without a"
            + " login");
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    String reason = e instanceof FileSystemException file ? file.getReason() : null;
    return reason == null ? String.valueOf(e.getMessage()) : reason;
  }

  private static FileAttribute<?>[] only(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
