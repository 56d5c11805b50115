package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.FAILURE;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Files opened, deleted, renamed, linked and changed in mode, through java.io and java.nio.file on
 * Unix. Where the choke point is a native method (17's {@code UnixFileSystem}), the public method
 * in front of it is woven.
 */
public final class FileHook implements Hook {
  private static final String DISPATCHER = "sun/nio/fs/UnixNativeDispatcher";
  private static final String UNIX_PATH = "Lsun/nio/fs/UnixPath;";

  /** From fcntl.h, the same on x86-64 and aarch64. */
  private static final int O_WRONLY = 1;

  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0x40;
  private static final int O_EXCL = 0x80;
  private static final int O_APPEND = 0x400;

  /** RandomAccessFile's own flags. */
  private static final int RAF_RDWR = 2;

  /** java.io.FileSystem's access bits. */
  private static final Map<Integer, String> ACCESS_BITS = Map.of(1, "x", 2, "w", 4, "r");

  private final EventSink sink;
  private final PathText paths;

  public FileHook(EventSink sink, PathText paths) {
    this.sink = sink;
    this.paths = paths;
  }

  @Override
  public String word() {
    return "file";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    Operand first = argument(0);
    Operand second = argument(1);
    return List.of(
        always("java/io/FileInputStream", "open", "(Ljava/lang/String;)", first, FAILURE),
        entry("java/io/FileOutputStream", "open", "(Ljava/lang/String;Z)", first),
        always("java/io/FileOutputStream", "open", "(Ljava/lang/String;Z)", first, FAILURE, second),
        entry("java/io/RandomAccessFile", "open", "(Ljava/lang/String;I)", first, second),
        always("java/io/RandomAccessFile", "open", "(Ljava/lang/String;I)", first, FAILURE, second),
        entry(DISPATCHER, "open", "(" + UNIX_PATH + "II)", first, second),
        always(DISPATCHER, "open", "(" + UNIX_PATH + "II)", first, FAILURE, second),
        always(DISPATCHER, "openat", "(I[BII)", second, FAILURE, argument(2)),
        onReturn("java/io/File", "createNewFile", "()", SELF, RESULT),
        onReturn(
            "java/io/File",
            "createTempFile",
            "(Ljava/lang/String;Ljava/lang/String;Ljava/io/File;)",
            RESULT),
        onReturn("java/io/File", "delete", "()", SELF, RESULT),
        onReturn(DISPATCHER, "unlink", "(" + UNIX_PATH, first),
        onReturn(DISPATCHER, "rmdir", "(" + UNIX_PATH, first),
        onReturn(DISPATCHER, "unlinkat", "(I[BI)", second),
        onReturn("java/io/File", "renameTo", "(Ljava/io/File;)", SELF, first, RESULT),
        onReturn(DISPATCHER, "rename", "(" + UNIX_PATH + UNIX_PATH, first, second),
        onReturn(DISPATCHER, "renameat", "(I[BI[B)", second, argument(3)),
        onReturn(DISPATCHER, "link", "(" + UNIX_PATH + UNIX_PATH, second, first),
        onReturn(DISPATCHER, "symlink", "([B" + UNIX_PATH, second, first),
        onReturn(DISPATCHER, "chmod", "(" + UNIX_PATH + "I)", first, second),
        onReturn("java/io/File", "setExecutable", "(ZZ)", SELF, first, RESULT),
        onReturn("java/io/File", "setWritable", "(ZZ)", SELF, first, RESULT),
        onReturn("java/io/File", "setReadable", "(ZZ)", SELF, first, RESULT),
        onReturn("java/io/File", "setReadOnly", "()", SELF, RESULT));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case 0 -> opened(values, "read", false);
      case 1 -> thread.absentBeforeOpen(absent(values[0]));
      case 2 -> opened(values, flag(values[2]) ? "append" : "write", thread.takeAbsentBeforeOpen());
      case 3 -> thread.absentBeforeOpen((number(values[1]) & RAF_RDWR) != 0 && absent(values[0]));
      case 4 ->
          opened(
              values,
              (number(values[2]) & RAF_RDWR) != 0 ? "read-write" : "read",
              thread.takeAbsentBeforeOpen());
      case 5 -> thread.absentBeforeOpen(mayCreate(number(values[1])) && absent(values[0]));
      case 6 -> opened(values, access(number(values[2])), created(values, thread));
      case 7 -> {
        values[0] = PathText.below(values[0]);
        opened(values, access(number(values[2])), exclusive(values));
      }
      case 8 -> created(values[0], flag(values[1]));
      case 9 -> created(values[0], values[0] != null);
      case 10 -> deleted(values[0], flag(values[1]));
      case 11, 12 -> deleted(values[0], true);
      case 13 -> sink.emit(EventType.FILE_DELETE, PathText.below(values[0]));
      case 14 -> renamed(values[0], values[1], flag(values[2]));
      case 15 -> renamed(values[0], values[1], true);
      case 16 ->
          sink.emit(EventType.FILE_RENAME, PathText.below(values[0]), PathText.below(values[1]));
      case 17, 18 -> sink.emit(EventType.FILE_LINK, paths.of(values[0]), target(values[1]));
      case 19 ->
          sink.emit(
              EventType.FILE_MODE, paths.of(values[0]), Integer.toOctalString(number(values[1])));
      case 20 -> mode(values, ACCESS_BITS.get(1));
      case 21 -> mode(values, ACCESS_BITS.get(2));
      case 22 -> mode(values, ACCESS_BITS.get(4));
      case 23 -> readOnly(values);
      default -> throw new IllegalArgumentException("no such join point: " + at);
    }
  }

  private void opened(@Nullable Object[] values, String access, boolean created) {
    boolean failed = values[1] != null;
    Object path = values[0];
    String name = path instanceof String text && text.startsWith("…/") ? text : paths.of(path);
    sink.emit(EventType.FILE_OPEN, name, access, created && !failed, failed);
  }

  private void created(@Nullable Object file, boolean done) {
    if (done) {
      sink.emit(EventType.FILE_OPEN, paths.of(file), "write", true, false);
    }
  }

  private void deleted(@Nullable Object file, boolean done) {
    if (done) {
      sink.emit(EventType.FILE_DELETE, paths.of(file));
    }
  }

  private void renamed(@Nullable Object file, @Nullable Object target, boolean done) {
    if (done) {
      sink.emit(EventType.FILE_RENAME, paths.of(file), paths.of(target));
    }
  }

  private void mode(@Nullable Object[] values, @Nullable String bit) {
    if (flag(values[2])) {
      sink.emit(EventType.FILE_MODE, paths.of(values[0]), (flag(values[1]) ? "+" : "-") + bit);
    }
  }

  private void readOnly(@Nullable Object[] values) {
    if (flag(values[1])) {
      sink.emit(EventType.FILE_MODE, paths.of(values[0]), "-w");
    }
  }

  /** A link's target as it was given: a symbolic link may well be relative. */
  private static @Nullable String target(@Nullable Object target) {
    return target instanceof byte[] bytes ? PathText.text(bytes) : String.valueOf(target);
  }

  private static boolean created(@Nullable Object[] values, ThreadState thread) {
    return thread.takeAbsentBeforeOpen() || exclusive(values);
  }

  private static boolean exclusive(@Nullable Object[] values) {
    return (number(values[2]) & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
  }

  private static boolean mayCreate(int flags) {
    return (flags & O_CREAT) != 0 && (flags & O_EXCL) == 0;
  }

  private static boolean absent(@Nullable Object path) {
    String name =
        path instanceof String text ? text : path instanceof Path nio ? nio.toString() : null;
    return name != null && !new File(name).exists();
  }

  private static String access(int flags) {
    if ((flags & O_APPEND) != 0) {
      return "append";
    }
    if ((flags & O_RDWR) != 0) {
      return "read-write";
    }
    return (flags & O_WRONLY) != 0 ? "write" : "read";
  }

  private static boolean flag(@Nullable Object value) {
    return Boolean.TRUE.equals(value);
  }

  private static int number(@Nullable Object value) {
    return value instanceof Integer number ? number : 0;
  }
}
