package whorl.agent.hook.file;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.FileReports;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Modes, owners, times and extended attributes of files, set by name or by descriptor. Up to 20 the
 * calls by descriptor are native, so the attribute views that make them are woven instead.
 */
public final class FileChangeHook implements Hook {
  // Join points, each with its operands in the order given.

  /** Path, mode. */
  private static final int MODE = 0;

  /** Descriptor, mode. */
  private static final int MODE_OF_DESCRIPTOR = 1;

  /** View, mode; links are not followed. */
  private static final int MODE_BY_VIEW = 2;

  /** Path, whether it is set, result. */
  private static final int EXECUTABLE = 3;

  private static final int WRITABLE = 4;
  private static final int READABLE = 5;

  /** Path, result. */
  private static final int READ_ONLY = 6;

  /** Path, user, group. */
  private static final int OWNER = 7;

  /** Path, whose link is not followed; user, group. */
  private static final int OWNER_OF_LINK = 8;

  /** Descriptor, user, group. */
  private static final int OWNER_OF_DESCRIPTOR = 9;

  /** Path, milliseconds, result. */
  private static final int MILLIS = 10;

  /** Path, microseconds. */
  private static final int MICROS = 11;

  /** Descriptor, microseconds. */
  private static final int MICROS_OF_DESCRIPTOR = 12;

  /** Descriptor, nanoseconds. */
  private static final int NANOS_OF_DESCRIPTOR = 13;

  /** Path, nanoseconds. */
  private static final int NANOS = 14;

  /** View, time. */
  private static final int TIME_BY_VIEW = 15;

  /** Descriptor, name. */
  private static final int ATTRIBUTE_SET = 16;

  private static final int ATTRIBUTE_REMOVED = 17;

  /** Path. */
  private static final int DELETE_ON_EXIT = 18;

  private static final String DISPATCHER = "sun/nio/fs/UnixNativeDispatcher";
  private static final String UNIX_PATH = "Lsun/nio/fs/UnixPath;";
  private static final String FILE = "java/io/File";
  private static final String BASIC_VIEW = "sun/nio/fs/UnixFileAttributeViews$Basic";
  private static final String POSIX_VIEW = "sun/nio/fs/UnixFileAttributeViews$Posix";
  private static final int FIRST_WITHOUT_NATIVE_CALLS = 21;
  private static final int FEATURE = Runtime.version().feature();

  private static final long DAY_MILLIS = 86_400_000L;
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final long MICROS_PER_MILLI = 1_000L;

  private static final String[] WHERE_PROGRAMS_ARE_DROPPED = {
    "/tmp/", "/dev/shm/", "/var/tmp/", "/run/", "/var/run/", "/proc/"
  };

  private final EventSink sink;
  private final RealPaths paths;
  private final List<HookPoint> points = new ArrayList<>();

  /** Fields of the JDK's views, looked up once their package is open. */
  private static final class View {
    static final VarHandle FILE = field("file");
    static final VarHandle FOLLOWS_LINKS = field("followLinks");

    private View() {}

    private static VarHandle field(String name) {
      try {
        Class<?> view = Class.forName(BASIC_VIEW.replace('/', '.'));
        Class<?> type = name.equals("file") ? Class.forName("sun.nio.fs.UnixPath") : boolean.class;
        return MethodHandles.privateLookupIn(view, MethodHandles.lookup())
            .findVarHandle(view, name, type);
      } catch (ReflectiveOperationException otherShape) {
        throw new ExceptionInInitializerError(otherShape);
      }
    }
  }

  public FileChangeHook(EventSink sink, RealPaths paths) {
    this.sink = sink;
    this.paths = paths;
    Operand path = new Operand.SelfField("path", "Ljava/lang/String;");
    Operand first = argument(0);
    Operand second = argument(1);
    Operand third = argument(2);
    add(MODE, onReturn(DISPATCHER, "chmod", "(" + UNIX_PATH + "I)", first, second));
    add(EXECUTABLE, onReturn(FILE, "setExecutable", "(ZZ)", path, first, RESULT));
    add(WRITABLE, onReturn(FILE, "setWritable", "(ZZ)", path, first, RESULT));
    add(READABLE, onReturn(FILE, "setReadable", "(ZZ)", path, first, RESULT));
    add(READ_ONLY, onReturn(FILE, "setReadOnly", "()", path, RESULT));
    String owner = "(" + UNIX_PATH + "II)";
    add(OWNER, onReturn(DISPATCHER, "chown", owner, first, second, third));
    add(OWNER_OF_LINK, onReturn(DISPATCHER, "lchown", owner, first, second, third));
    add(MILLIS, onReturn(FILE, "setLastModified", "(J)", path, first, RESULT));
    add(ATTRIBUTE_SET, onReturn(DISPATCHER, "fsetxattr", "(I[B", first, second));
    add(ATTRIBUTE_REMOVED, onReturn(DISPATCHER, "fremovexattr", "(I[B", first, second));
    add(DELETE_ON_EXIT, entry("java/io/DeleteOnExitHook", "add", "(Ljava/lang/String;)", first));
    if (FEATURE >= FIRST_WITHOUT_NATIVE_CALLS) {
      byDescriptor();
    } else {
      byView();
    }
  }

  private void byDescriptor() {
    Operand first = argument(0);
    Operand second = argument(1);
    Operand third = argument(2);
    add(MODE_OF_DESCRIPTOR, onReturn(DISPATCHER, "fchmod", "(II)", first, second));
    // In 22 and newer: the folder, the path, the mode and flags.
    add(
        MODE,
        onReturn(DISPATCHER, "fchmodat", "(I" + UNIX_PATH + "II)", second, third).asOptional());
    add(OWNER_OF_DESCRIPTOR, onReturn(DISPATCHER, "fchown", "(III)", first, second, third));
    add(MICROS, onReturn(DISPATCHER, "utimes", "(" + UNIX_PATH + "JJ)", first, third).asOptional());
    add(
        MICROS,
        onReturn(DISPATCHER, "lutimes", "(" + UNIX_PATH + "JJ)", first, third).asOptional());
    add(MICROS_OF_DESCRIPTOR, onReturn(DISPATCHER, "futimes", "(IJJ)", first, third).asOptional());
    add(NANOS_OF_DESCRIPTOR, onReturn(DISPATCHER, "futimens", "(IJJ)", first, third));
    add(
        NANOS,
        onReturn(DISPATCHER, "utimensat", "(I" + UNIX_PATH + "JJI)", second, argument(3))
            .asOptional());
  }

  private void byView() {
    add(MODE_BY_VIEW, onReturn(POSIX_VIEW, "setMode", "(I)", SELF, argument(0)));
    add(
        TIME_BY_VIEW,
        entry(BASIC_VIEW, "setTimes", "(Ljava/nio/file/attribute/FileTime;", SELF, argument(0)));
  }

  private void add(int id, JoinPoint joinPoint) {
    points.add(point(id, joinPoint));
  }

  @Override
  public String group() {
    return "file";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.copyOf(points);
  }

  @Override
  public void prepare() {
    if (FEATURE < FIRST_WITHOUT_NATIVE_CALLS) {
      Objects.requireNonNull(View.FILE);
    }
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object target = values[0];
    switch (at) {
      case MODE -> mode(target, octal(values[1]));
      case MODE_OF_DESCRIPTOR -> modeOfDescriptor(target, octal(values[1]));
      case MODE_BY_VIEW -> {
        if (target != null && !(boolean) View.FOLLOWS_LINKS.get(target)) {
          mode(View.FILE.get(target), octal(values[1]));
        }
      }
      case EXECUTABLE -> permission(values, "x");
      case WRITABLE -> permission(values, "w");
      case READABLE -> permission(values, "r");
      case READ_ONLY -> {
        if (FileHook.flag(values[1])) {
          mode(target, "-w");
        }
      }
      case OWNER -> attribute(target, "owner", owner(values), true);
      case OWNER_OF_LINK -> attribute(target, "owner", owner(values), false);
      case OWNER_OF_DESCRIPTOR -> ofDescriptor(target, "owner", owner(values));
      case MILLIS -> {
        if (FileHook.flag(values[2])) {
          modified(target, number(values[1]), true);
        }
      }
      case MICROS -> modified(target, number(values[1]) / MICROS_PER_MILLI, true);
      case NANOS -> modified(target, number(values[1]) / NANOS_PER_MILLI, true);
      case MICROS_OF_DESCRIPTOR -> modified(target, number(values[1]) / MICROS_PER_MILLI, false);
      case NANOS_OF_DESCRIPTOR -> modified(target, number(values[1]) / NANOS_PER_MILLI, false);
      case TIME_BY_VIEW -> {
        if (target != null && values[1] instanceof FileTime time) {
          modified(View.FILE.get(target), time.toMillis(), true);
        }
      }
      case ATTRIBUTE_SET -> ofDescriptor(target, extended(values[1]), "set");
      case ATTRIBUTE_REMOVED -> ofDescriptor(target, extended(values[1]), "removed");
      case DELETE_ON_EXIT -> attribute(target, "delete-on-exit", null, false);
      default -> throw HookPoint.unknown(at);
    }
  }

  private void permission(@Nullable Object[] values, String bit) {
    if (FileHook.flag(values[2])) {
      mode(values[0], (FileHook.flag(values[1]) ? "+" : "-").concat(bit));
    }
  }

  private void mode(@Nullable Object file, String mode) {
    String written = paths.written(file);
    String real = paths.ofTarget(file, written);
    FileReports.modeSet(sink, written, mode, real, folder(real == null ? written : real, mode));
  }

  private void modeOfDescriptor(@Nullable Object descriptor, String mode) {
    String path = paths.ofDescriptor(FileHook.number(descriptor));
    FileReports.modeSet(sink, path, mode, null, folder(path, mode));
  }

  /**
   * True for a folder, for which the right to execute only means that it may be entered; null if
   * that was not checked. The kernel is queried only where it matters: for the right to execute, in
   * folders where programs are dropped.
   */
  private @Nullable Boolean folder(@Nullable String path, String mode) {
    if (path == null || !executable(mode)) {
      return null;
    }
    for (String place : WHERE_PROGRAMS_ARE_DROPPED) {
      if (path.startsWith(place)) {
        return paths.isFolder(path);
      }
    }
    return null;
  }

  /** True for {@code +x}, or an octal number with an odd digit among its last three. */
  static boolean executable(String mode) {
    int length = mode.length();
    for (int i = Math.max(0, length - 3); i < length; i++) {
      char digit = mode.charAt(i);
      if (digit >= '1' && digit <= '7' && (digit & 1) != 0) {
        return true;
      }
    }
    return mode.equals("+x");
  }

  private void modified(@Nullable Object file, long millis, boolean byName) {
    boolean old = millis < System.currentTimeMillis() - DAY_MILLIS;
    String attribute = old ? "backdated" : "modified";
    if (byName) {
      attribute(file, attribute, Long.toString(millis), true);
    } else {
      ofDescriptor(file, attribute, Long.toString(millis));
    }
  }

  private void attribute(
      @Nullable Object file, String attribute, @Nullable String value, boolean followed) {
    String written = paths.written(file);
    FileReports.attributeSet(
        sink,
        written,
        attribute,
        value,
        followed ? paths.ofTarget(file, written) : paths.ofName(file, written));
  }

  private void ofDescriptor(@Nullable Object descriptor, String attribute, String value) {
    FileReports.attributeSet(
        sink, paths.ofDescriptor(FileHook.number(descriptor)), attribute, value, null);
  }

  private static String owner(@Nullable Object[] values) {
    return Integer.toString(FileHook.number(values[1]))
        .concat(":")
        .concat(Integer.toString(FileHook.number(values[2])));
  }

  private static String extended(@Nullable Object name) {
    return "xattr:".concat(String.valueOf(PathText.asGiven(name)));
  }

  private static String octal(@Nullable Object mode) {
    return Integer.toOctalString(FileHook.number(mode));
  }

  private static long number(@Nullable Object value) {
    return value instanceof Long number ? number : 0;
  }
}
