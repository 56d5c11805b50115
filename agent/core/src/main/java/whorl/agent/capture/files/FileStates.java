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
import whorl.agent.capture.jvm.PackageOpener;

/**
 * Reads the attributes of very many files. {@code sun.nio.fs.UnixFileAttributes}, the JDK's result
 * of {@code stat(2)}, has all that is needed but exposes it only as a map. For tens of thousands of
 * files that garbage would pause the application for collections. So its fields are read directly
 * if its package can be opened.
 */
final class FileStates {
  private static final String PACKAGE = "sun.nio.fs";
  private static final LinkOption[] ITSELF = {LinkOption.NOFOLLOW_LINKS};

  private final @Nullable Getters getters;

  /** The fields of the JDK's object that {@link PosixFileAttributes} lacks, and its exact times. */
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

  /** Returns the attributes of the file itself, as {@link FileState#read} does. */
  FileState of(Path path) throws IOException {
    Getters fields = getters;
    if (fields == null) {
      return FileState.read(path, false);
    }
    PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class, ITSELF);
    if (fields.type().isInstance(found)) {
      try {
        return state(found, fields);
      } catch (DateTimeException beyondInstant) {
        return FileState.read(path, false);
      }
    }
    return FileState.read(path, false); // the application's own file system
  }

  private static FileState state(PosixFileAttributes found, Getters fields) {
    try {
      Instant modified = fields.modified().of(found);
      return new FileState(
          (int) fields.mode().invokeExact(found),
          (long) fields.inode().invokeExact(found),
          (long) fields.device().invokeExact(found),
          (int) fields.uid().invokeExact(found),
          (int) fields.gid().invokeExact(found),
          found.size(),
          fields.accessed().of(found),
          modified,
          fields.changed().of(found),
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
