package whorl.agent.capture.files;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.PackageOpener;

/**
 * The states of very many files. What the JDK makes of {@code stat(2)}, {@code
 * sun.nio.fs.UnixFileAttributes}, has all that is wanted but shows it only as a map, whose garbage
 * for tens of thousands of files would stop the application for collections. So it is asked itself
 * where its package can be opened.
 */
final class FileStates {
  private static final String PACKAGE = "sun.nio.fs";
  private static final LinkOption[] ITSELF = {LinkOption.NOFOLLOW_LINKS};

  private final @Nullable Getters getters;

  /** What the JDK's object knows beyond {@link PosixFileAttributes}, and its times as they are. */
  private record Getters(
      Class<?> type,
      MethodHandle mode,
      MethodHandle inode,
      MethodHandle device,
      MethodHandle uid,
      MethodHandle gid,
      Time accessed,
      Time modified,
      Time changed) {}

  private record Time(MethodHandle seconds, MethodHandle nanos) {
    Instant of(PosixFileAttributes found) throws Throwable {
      return Instant.ofEpochSecond(
          (long) seconds.invokeExact(found), (long) nanos.invokeExact(found));
    }
  }

  FileStates(PackageOpener opener) {
    this.getters = getters(opener);
  }

  /** Of the file itself, as {@link FileState#read} has it. */
  FileState of(Path path) throws IOException {
    Getters asked = getters;
    if (asked == null) {
      return FileState.read(path, false);
    }
    PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class, ITSELF);
    if (asked.type().isInstance(found)) {
      try {
        return state(found, asked);
      } catch (DateTimeException beyondInstant) {
        return FileState.read(path, false);
      }
    }
    return FileState.read(path, false); // the application's own file system
  }

  private static FileState state(PosixFileAttributes found, Getters asked) {
    try {
      Instant modified = asked.modified().of(found);
      return new FileState(
          (int) asked.mode().invokeExact(found),
          (long) asked.inode().invokeExact(found),
          (long) asked.device().invokeExact(found),
          (int) asked.uid().invokeExact(found),
          (int) asked.gid().invokeExact(found),
          found.size(),
          asked.accessed().of(found),
          modified,
          asked.changed().of(found),
          FileState.born(found::creationTime, modified));
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the attributes of a file cannot be read", e);
    }
  }

  private static @Nullable Getters getters(PackageOpener opener) {
    try {
      opener.open("java.base", PACKAGE);
      Class<?> type = Class.forName(PACKAGE + ".UnixFileAttributes", false, null);
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      return new Getters(
          type,
          getter(lookup, "st_mode", int.class),
          getter(lookup, "st_ino", long.class),
          getter(lookup, "st_dev", long.class),
          getter(lookup, "st_uid", int.class),
          getter(lookup, "st_gid", int.class),
          time(lookup, "st_atime"),
          time(lookup, "st_mtime"),
          time(lookup, "st_ctime"));
    } catch (ReflectiveOperationException | RuntimeException closed) {
      return null;
    }
  }

  private static Time time(MethodHandles.Lookup lookup, String name)
      throws ReflectiveOperationException {
    return new Time(
        getter(lookup, name + "_sec", long.class), getter(lookup, name + "_nsec", long.class));
  }

  private static MethodHandle getter(MethodHandles.Lookup lookup, String name, Class<?> type)
      throws ReflectiveOperationException {
    return lookup
        .findGetter(lookup.lookupClass(), name, type)
        .asType(MethodType.methodType(type, PosixFileAttributes.class));
  }
}
