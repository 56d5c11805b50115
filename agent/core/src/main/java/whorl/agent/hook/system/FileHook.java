package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.FAILURE;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.event.EventType;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Files opened, listed, deleted, renamed and linked, through java.io and java.nio.file on Unix.
 * Where the common method is native (17's {@code UnixFileSystem}), the public method that calls it
 * is woven. For a {@code File} only its field is read, because an application may have subclasses
 * of it.
 */
public final class FileHook implements Hook {
  private static final String DISPATCHER = "sun/nio/fs/UnixNativeDispatcher";
  private static final String UNIX_PATH = "Lsun/nio/fs/UnixPath;";
  private static final String FILE = "java/io/File";
  private static final String TEXT = "Ljava/lang/String;";

  /** From fcntl.h, the same on x86-64 and aarch64. */
  private static final int O_WRONLY = 1;

  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0x40;
  private static final int O_EXCL = 0x80;
  private static final int O_APPEND = 0x400;

  private static final int PERMISSIONS = 07777;

  /** Mode bits: any user may execute the file. */
  private static final int EXECUTABLE = 0111;

  /** RandomAccessFile's own flags. */
  private static final int RAF_RDWR = 2;

  private final EventSink sink;
  private final RealPaths paths;

  public FileHook(EventSink sink, RealPaths paths) {
    this.sink = sink;
    this.paths = paths;
  }

  @Override
  public String group() {
    return "file";
  }

  @Override
  public Map<String, List<String>> packagesOpened() {
    return RealPaths.packagesOpened();
  }

  @Override
  public void prepare() {
    paths.prepare();
    Existence.prepare();
  }

  @Override
  public Map<String, Long> losses() {
    return paths.losses();
  }

  @Override
  public List<JoinPoint> joinPoints() {
    Operand first = argument(0);
    Operand second = argument(1);
    Operand path = new Operand.SelfField("path", TEXT);
    Operand pathOfFirst = new Operand.ArgumentField(0, FILE, "path", TEXT);
    Operand descriptor = new Operand.SelfField("fd", "Ljava/io/FileDescriptor;");
    return List.of(
        always("java/io/FileInputStream", "open", "(" + TEXT + ")", first, FAILURE, descriptor),
        entry("java/io/FileOutputStream", "open", "(" + TEXT + "Z)", first),
        always(
            "java/io/FileOutputStream",
            "open",
            "(" + TEXT + "Z)",
            first,
            FAILURE,
            descriptor,
            second),
        entry("java/io/RandomAccessFile", "open", "(" + TEXT + "I)", first, second),
        always(
            "java/io/RandomAccessFile",
            "open",
            "(" + TEXT + "I)",
            first,
            FAILURE,
            descriptor,
            second),
        entry(DISPATCHER, "open", "(" + UNIX_PATH + "II)", first, second),
        always(
            DISPATCHER,
            "open",
            "(" + UNIX_PATH + "II)",
            first,
            FAILURE,
            RESULT,
            second,
            argument(2)),
        always(DISPATCHER, "openat", "(I[BII)", second, FAILURE, RESULT, argument(2), argument(3)),
        onReturn(FILE, "createNewFile", "()", path, RESULT),
        onReturn(FILE, "createTempFile", "(" + TEXT + TEXT + "Ljava/io/File;)", RESULT),
        onReturn(FILE, "normalizedList", "()", path, RESULT),
        onReturn(FILE, "delete", "()", path, RESULT),
        onReturn(DISPATCHER, "unlink", "(" + UNIX_PATH, first),
        onReturn(DISPATCHER, "rmdir", "(" + UNIX_PATH, first),
        onReturn(DISPATCHER, "unlinkat", "(I[BI)", first, second),
        onReturn(FILE, "renameTo", "(Ljava/io/File;)", path, pathOfFirst, RESULT),
        onReturn(DISPATCHER, "rename", "(" + UNIX_PATH + UNIX_PATH, first, second),
        onReturn(DISPATCHER, "renameat", "(I[BI[B)", first, second, argument(2), argument(3)),
        onReturn(DISPATCHER, "link", "(" + UNIX_PATH + UNIX_PATH, second, first),
        onReturn(DISPATCHER, "symlink", "([B" + UNIX_PATH, second, first),
        onReturn(FILE, "mkdir", "()", path, RESULT),
        onReturn(DISPATCHER, "mkdir", "(" + UNIX_PATH + "I)", first));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case 0 -> opened(values, "read", false);
      case 1 -> thread.absentBeforeOpen(absent(values[0]));
      case 2 -> opened(values, flag(values[3]) ? "append" : "write", thread.takeAbsentBeforeOpen());
      case 3 -> thread.absentBeforeOpen((number(values[1]) & RAF_RDWR) != 0 && absent(values[0]));
      case 4 ->
          opened(
              values,
              (number(values[3]) & RAF_RDWR) != 0 ? "read-write" : "read",
              thread.takeAbsentBeforeOpen());
      case 5 -> thread.absentBeforeOpen(mayCreate(number(values[1])) && absent(values[0]));
      case 6 -> {
        boolean created = thread.takeAbsentBeforeOpen() || exclusive(values);
        opened(values, access(number(values[3])), created);
        executableFromTheStart(values, created);
      }
      case 7 -> openedBelow(values);
      case 8 -> created(values[0], flag(values[1]));
      case 9 -> created(values[0], values[0] != null);
      case 10 -> listed(values[0], values[1] != null);
      case 11 -> deleted(values[0], flag(values[1]));
      case 12, 13 -> deleted(values[0], true);
      case 14 ->
          sink.emit(
              EventType.FILE_DELETE,
              PathText.below(values[1]),
              paths.below(number(values[0]), values[1]));
      case 15 -> renamed(values[0], values[1], flag(values[2]));
      case 16 -> renamed(values[0], values[1], true);
      case 17 -> renamedBelow(values);
      case 18 -> hardLinked(values[0], values[1]);
      case 19 -> linked(values[0], values[1]);
      case 20 -> folderMade(values[0], flag(values[1]));
      case 21 -> folderMade(values[0], true);
      default -> throw new IllegalArgumentException("no such join point: " + at);
    }
  }

  /** Expects path, failure and descriptor; the caller evaluates further operands. */
  private void opened(@Nullable Object[] values, String access, boolean created) {
    boolean failed = values[1] != null;
    String written = paths.written(values[0]);
    if (written == null) {
      return;
    }
    String real =
        failed
            ? paths.ofTarget(values[0], written)
            : paths.ofOpened(values[0], written, descriptor(values[2]));
    sink.emit(EventType.FILE_OPEN, written, access, created && !failed, failed, real);
  }

  private void openedBelow(@Nullable Object[] values) {
    boolean failed = values[1] != null;
    String real = failed ? null : paths.ofDescriptor(descriptor(values[2]));
    boolean created = !failed && exclusive(values);
    String access = access(number(values[3]));
    String name = PathText.below(values[0]);
    sink.emit(EventType.FILE_OPEN, name, access, created, failed, real);
    if (created && (number(values[4]) & EXECUTABLE) != 0) {
      sink.emit(
          EventType.FILE_MODE, name, Integer.toOctalString(number(values[4]) & PERMISSIONS), real);
    }
  }

  /** The mode that a new file is created with is reported like a mode that is set. */
  private void executableFromTheStart(@Nullable Object[] values, boolean created) {
    int mode = number(values[4]) & PERMISSIONS;
    if (created && values[1] == null && (mode & EXECUTABLE) != 0) {
      String written = paths.written(values[0]);
      sink.emit(
          EventType.FILE_MODE,
          written,
          Integer.toOctalString(mode),
          paths.ofTarget(values[0], written));
    }
  }

  private void created(@Nullable Object file, boolean done) {
    if (done) {
      String written = paths.written(file);
      sink.emit(EventType.FILE_OPEN, written, "write", true, false, paths.ofTarget(file, written));
    }
  }

  private void listed(@Nullable Object folder, boolean done) {
    String written = paths.written(folder);
    sink.emit(EventType.FILE_OPEN, written, "read", false, !done, paths.ofTarget(folder, written));
  }

  private void deleted(@Nullable Object file, boolean done) {
    if (done) {
      String written = paths.written(file);
      sink.emit(EventType.FILE_DELETE, written, paths.ofName(file, written));
    }
  }

  private void renamed(@Nullable Object file, @Nullable Object target, boolean done) {
    if (done) {
      String from = paths.written(file);
      String to = paths.written(target);
      paths.renamed(from, to);
      sink.emit(
          EventType.FILE_RENAME, from, to, paths.ofName(file, from), paths.ofName(target, to));
    }
  }

  private void renamedBelow(@Nullable Object[] values) {
    String from = paths.below(number(values[0]), values[1]);
    String to = paths.below(number(values[2]), values[3]);
    paths.renamed(from, to);
    sink.emit(
        EventType.FILE_RENAME, PathText.below(values[1]), PathText.below(values[3]), from, to);
  }

  private void hardLinked(@Nullable Object link, @Nullable Object existing) {
    String path = paths.written(link);
    String target = paths.written(existing);
    String real = paths.ofTarget(existing, target);
    paths.linked(path, real == null ? target : real);
    sink.emit(EventType.FILE_LINK, path, target, paths.ofName(link, path), real);
  }

  /** Reports the target as it was given: a symbolic link may be relative. */
  private void linked(@Nullable Object link, @Nullable Object given) {
    String path = paths.written(link);
    String target = PathText.asGiven(given);
    paths.linked(path, null);
    sink.emit(
        EventType.FILE_LINK,
        path,
        target,
        paths.ofName(link, path),
        paths.ofLinkTarget(path, target));
  }

  private void folderMade(@Nullable Object folder, boolean done) {
    if (done) {
      String written = paths.written(folder);
      sink.emit(EventType.FOLDER_CREATE, written, paths.ofTarget(folder, written));
    }
  }

  private static int descriptor(@Nullable Object value) {
    return value instanceof Integer number ? number : KernelPaths.number(value);
  }

  private static boolean exclusive(@Nullable Object[] values) {
    return (number(values[3]) & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
  }

  private static boolean mayCreate(int flags) {
    return (flags & O_CREAT) != 0 && (flags & O_EXCL) == 0;
  }

  private static boolean absent(@Nullable Object path) {
    String name = PathText.asGiven(path);
    return name != null && !Existence.of(name);
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

  static boolean flag(@Nullable Object value) {
    return Boolean.TRUE.equals(value);
  }

  static int number(@Nullable Object value) {
    return value instanceof Integer number ? number : 0;
  }
}
