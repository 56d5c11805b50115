package whorl.agent.hook.file;

import static whorl.agent.hook.weave.HookPoint.point;
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
import whorl.agent.event.FileReports;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
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

  // Join points. OPENS is before the call, OPENED after it; FILE is a java.io.File, PATH a path of
  // java.nio.file, and BELOW means a name relative to the descriptor of a folder.
  private static final int INPUT_OPENED = 0;
  private static final int OUTPUT_OPENS = 1;
  private static final int OUTPUT_OPENED = 2;
  private static final int RANDOM_ACCESS_OPENS = 3;
  private static final int RANDOM_ACCESS_OPENED = 4;
  private static final int PATH_OPENS = 5;
  private static final int PATH_OPENED = 6;
  private static final int OPENED_BELOW = 7;
  private static final int FILE_CREATED = 8;
  private static final int TEMPORARY_FILE_CREATED = 9;
  private static final int LISTED = 10;
  private static final int FILE_DELETED = 11;
  private static final int PATH_DELETED = 12;
  private static final int DELETED_BELOW = 13;
  private static final int FILE_RENAMED = 14;
  private static final int PATH_RENAMED = 15;
  private static final int RENAMED_BELOW = 16;
  private static final int HARD_LINKED = 17;
  private static final int LINKED = 18;
  private static final int FILE_FOLDER_MADE = 19;
  private static final int PATH_FOLDER_MADE = 20;
  private static final int NODE_MADE = 21;

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
  public List<HookPoint> joinPoints() {
    Operand first = argument(0);
    Operand second = argument(1);
    Operand path = new Operand.SelfField("path", TEXT);
    Operand pathOfFirst = new Operand.ArgumentField(0, FILE, "path", TEXT);
    Operand descriptor = new Operand.SelfField("fd", "Ljava/io/FileDescriptor;");
    String output = "java/io/FileOutputStream";
    String randomAccess = "java/io/RandomAccessFile";
    return List.of(
        point(
            INPUT_OPENED,
            always(
                "java/io/FileInputStream", "open", "(" + TEXT + ")", first, FAILURE, descriptor)),
        point(OUTPUT_OPENS, entry(output, "open", "(" + TEXT + "Z)", first)),
        point(
            OUTPUT_OPENED,
            always(output, "open", "(" + TEXT + "Z)", first, FAILURE, descriptor, second)),
        point(RANDOM_ACCESS_OPENS, entry(randomAccess, "open", "(" + TEXT + "I)", first, second)),
        point(
            RANDOM_ACCESS_OPENED,
            always(randomAccess, "open", "(" + TEXT + "I)", first, FAILURE, descriptor, second)),
        point(PATH_OPENS, entry(DISPATCHER, "open", "(" + UNIX_PATH + "II)", first, second)),
        point(
            PATH_OPENED,
            always(
                DISPATCHER,
                "open",
                "(" + UNIX_PATH + "II)",
                first,
                FAILURE,
                RESULT,
                second,
                argument(2))),
        point(
            OPENED_BELOW,
            always(
                DISPATCHER,
                "openat",
                "(I[BII)",
                second,
                FAILURE,
                RESULT,
                argument(2),
                argument(3))),
        point(FILE_CREATED, onReturn(FILE, "createNewFile", "()", path, RESULT)),
        point(
            TEMPORARY_FILE_CREATED,
            onReturn(FILE, "createTempFile", "(" + TEXT + TEXT + "Ljava/io/File;)", RESULT)),
        point(LISTED, onReturn(FILE, "normalizedList", "()", path, RESULT)),
        point(FILE_DELETED, onReturn(FILE, "delete", "()", path, RESULT)),
        point(PATH_DELETED, onReturn(DISPATCHER, "unlink", "(" + UNIX_PATH, first)),
        point(PATH_DELETED, onReturn(DISPATCHER, "rmdir", "(" + UNIX_PATH, first)),
        point(DELETED_BELOW, onReturn(DISPATCHER, "unlinkat", "(I[BI)", first, second)),
        point(
            FILE_RENAMED,
            onReturn(FILE, "renameTo", "(Ljava/io/File;)", path, pathOfFirst, RESULT)),
        point(
            PATH_RENAMED,
            onReturn(DISPATCHER, "rename", "(" + UNIX_PATH + UNIX_PATH, first, second)),
        point(
            RENAMED_BELOW,
            onReturn(DISPATCHER, "renameat", "(I[BI[B)", first, second, argument(2), argument(3))),
        point(
            HARD_LINKED, onReturn(DISPATCHER, "link", "(" + UNIX_PATH + UNIX_PATH, second, first)),
        point(LINKED, onReturn(DISPATCHER, "symlink", "([B" + UNIX_PATH, second, first)),
        point(FILE_FOLDER_MADE, onReturn(FILE, "mkdir", "()", path, RESULT)),
        point(PATH_FOLDER_MADE, onReturn(DISPATCHER, "mkdir", "(" + UNIX_PATH + "I)", first)),
        // The copy of a device, of a pipe or of a socket.
        point(NODE_MADE, onReturn(DISPATCHER, "mknod", "(" + UNIX_PATH + "IJ)", first)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case INPUT_OPENED -> opened(values, "read", false);
      case OUTPUT_OPENS -> thread.absentBeforeOpen(absent(values[0]));
      case OUTPUT_OPENED ->
          opened(values, flag(values[3]) ? "append" : "write", thread.takeAbsentBeforeOpen());
      case RANDOM_ACCESS_OPENS ->
          thread.absentBeforeOpen((number(values[1]) & RAF_RDWR) != 0 && absent(values[0]));
      case RANDOM_ACCESS_OPENED ->
          opened(
              values,
              (number(values[3]) & RAF_RDWR) != 0 ? "read-write" : "read",
              thread.takeAbsentBeforeOpen());
      case PATH_OPENS -> thread.absentBeforeOpen(mayCreate(number(values[1])) && absent(values[0]));
      case PATH_OPENED -> {
        boolean created = thread.takeAbsentBeforeOpen() || exclusive(values);
        opened(values, access(number(values[3])), created);
        executableFromTheStart(values, created);
      }
      case OPENED_BELOW -> openedBelow(values);
      case FILE_CREATED -> created(values[0], flag(values[1]));
      case TEMPORARY_FILE_CREATED -> created(values[0], values[0] != null);
      case LISTED -> listed(values[0], values[1] != null);
      case FILE_DELETED -> deleted(values[0], flag(values[1]));
      case PATH_DELETED -> deleted(values[0], true);
      case DELETED_BELOW -> deletedBelow(values);
      case FILE_RENAMED -> renamed(values[0], values[1], flag(values[2]));
      case PATH_RENAMED -> renamed(values[0], values[1], true);
      case RENAMED_BELOW -> renamedBelow(values);
      case HARD_LINKED -> hardLinked(values[0], values[1]);
      case LINKED -> linked(values[0], values[1]);
      case FILE_FOLDER_MADE -> folderMade(values[0], flag(values[1]));
      case PATH_FOLDER_MADE -> folderMade(values[0], true);
      case NODE_MADE -> created(values[0], true);
      default -> throw HookPoint.unknown(at);
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
    FileReports.opened(sink, written, access, created && !failed, failed, real);
  }

  private void openedBelow(@Nullable Object[] values) {
    boolean failed = values[1] != null;
    String real = failed ? null : paths.ofDescriptor(descriptor(values[2]));
    boolean created = !failed && exclusive(values);
    String access = access(number(values[3]));
    String name = PathText.below(values[0]);
    FileReports.opened(sink, name, access, created, failed, real);
    if (created && (number(values[4]) & EXECUTABLE) != 0) {
      FileReports.modeSet(
          sink, name, Integer.toOctalString(number(values[4]) & PERMISSIONS), real, null);
    }
  }

  /** The mode that a new file is created with is reported like a mode that is set. */
  private void executableFromTheStart(@Nullable Object[] values, boolean created) {
    int mode = number(values[4]) & PERMISSIONS;
    if (created && values[1] == null && (mode & EXECUTABLE) != 0) {
      String written = paths.written(values[0]);
      FileReports.modeSet(
          sink, written, Integer.toOctalString(mode), paths.ofTarget(values[0], written), null);
    }
  }

  private void created(@Nullable Object file, boolean done) {
    if (done) {
      String written = paths.written(file);
      FileReports.opened(sink, written, "write", true, false, paths.ofTarget(file, written));
    }
  }

  private void listed(@Nullable Object folder, boolean done) {
    String written = paths.written(folder);
    FileReports.opened(sink, written, "read", false, !done, paths.ofTarget(folder, written));
  }

  private void deleted(@Nullable Object file, boolean done) {
    if (done) {
      String written = paths.written(file);
      String real = paths.ofName(file, written);
      FileReports.deleted(sink, written, real);
      paths.removed(written, real);
    }
  }

  private void deletedBelow(@Nullable Object[] values) {
    String real = paths.below(number(values[0]), values[1]);
    FileReports.deleted(sink, PathText.below(values[1]), real);
    paths.removed(null, real);
  }

  private void renamed(@Nullable Object file, @Nullable Object target, boolean done) {
    if (done) {
      String from = paths.written(file);
      String to = paths.written(target);
      paths.renamed(from, to);
      FileReports.renamed(sink, from, to, paths.ofName(file, from), paths.ofName(target, to));
    }
  }

  private void renamedBelow(@Nullable Object[] values) {
    String from = paths.below(number(values[0]), values[1]);
    String to = paths.below(number(values[2]), values[3]);
    paths.renamed(from, to);
    FileReports.renamed(sink, PathText.below(values[1]), PathText.below(values[3]), from, to);
  }

  private void hardLinked(@Nullable Object link, @Nullable Object existing) {
    String path = paths.written(link);
    String target = paths.written(existing);
    String real = paths.ofTarget(existing, target);
    paths.linked(path, real == null ? target : real);
    FileReports.linked(sink, path, target, paths.ofName(link, path), real);
  }

  /** Reports the target as it was given: a symbolic link may be relative. */
  private void linked(@Nullable Object link, @Nullable Object given) {
    String path = paths.written(link);
    String target = PathText.asGiven(given);
    paths.linked(path, null);
    FileReports.linked(
        sink, path, target, paths.ofName(link, path), paths.ofLinkTarget(path, target));
  }

  private void folderMade(@Nullable Object folder, boolean done) {
    if (done) {
      String written = paths.written(folder);
      FileReports.folderCreated(sink, written, paths.ofTarget(folder, written));
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
    return name != null && !Existence.exists(name);
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
