package whorl.agent.hook.file;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.FAILURE;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.FileReports;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.RateLimit;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Requests that check for files without opening them. Such checks are too frequent to record them
 * all. Relevant are sensitive paths, and checks that found nothing, which is how an attacker
 * guesses names. Both are rate-limited, and the rest is counted.
 */
public final class FileProbeHook implements Hook {
  private static final String DISPATCHER = "sun/nio/fs/UnixNativeDispatcher";
  private static final String UNIX_PATH = "(Lsun/nio/fs/UnixPath;";
  private static final String ATTRIBUTES = "Lsun/nio/fs/UnixFileAttributes;";
  private static final String FILE = "java/io/File";
  private static final int SENSITIVE_PER_SECOND = 500;
  private static final int ABSENT_PER_SECOND = 200;

  private final EventSink sink;
  private final RealPaths paths;
  private final RateLimit sensitive = new RateLimit(SENSITIVE_PER_SECOND);
  private final RateLimit absent = new RateLimit(ABSENT_PER_SECOND);
  private final List<HookPoint> points = new ArrayList<>();

  /** The operation of each join point, by its number. */
  private final List<String> operations = new ArrayList<>();

  private final int modeAt;

  public FileProbeHook(EventSink sink, RealPaths paths) {
    this.sink = sink;
    this.paths = paths;
    for (String method :
        List.of("exists", "isFile", "isDirectory", "canRead", "canWrite", "canExecute")) {
      ofFile(method);
    }
    ofFile("length");
    ofFile("lastModified");
    ofDispatcher("checkAccess", "access", UNIX_PATH);
    ofDispatcher("readAttributes", "lstat", UNIX_PATH);
    ofDispatcher("readAttributes", "stat", UNIX_PATH + ATTRIBUTES);
    ofDispatcher("toRealPath", "realpath", UNIX_PATH);
    ofDispatcher("readSymbolicLink", "readlink", UNIX_PATH);
    add(
        "readAttributes",
        onReturn(DISPATCHER, "stat2", UNIX_PATH, argument(0), RESULT).asOptional());
    // Only in 17: exists returns a boolean, stat a mode, or 0.
    add("exists", onReturn(DISPATCHER, "exists", UNIX_PATH, argument(0), RESULT).asOptional());
    modeAt =
        add(
            "readAttributes",
            onReturn(DISPATCHER, "stat", UNIX_PATH + ")I", argument(0), RESULT).asOptional());
  }

  private void ofFile(String method) {
    Operand path = new Operand.SelfField("path", "Ljava/lang/String;");
    add(method, onReturn(FILE, method, "()", path, RESULT));
  }

  private void ofDispatcher(String operation, String method, String descriptorStart) {
    add(operation, always(DISPATCHER, method, descriptorStart, argument(0), RESULT, FAILURE));
  }

  /** Returns the join point's number. */
  private int add(String operation, JoinPoint joinPoint) {
    int id = operations.size();
    operations.add(operation);
    points.add(point(id, joinPoint));
    return id;
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
  public Map<String, Long> losses() {
    return Map.of("files.probesRateLimited", sensitive.refused() + absent.refused());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (CurrentRequest.get() == null) {
      return;
    }
    String written = paths.written(values[0]);
    if (written == null) {
      return;
    }
    boolean found = found(at == modeAt, values);
    String real = PathText.hasDotDot(written) ? paths.ofTarget(values[0], written) : null;
    boolean special =
        SensitivePlaces.holds(written) || (real != null && SensitivePlaces.holds(real));
    if (!special && found) {
      return;
    }
    RateLimit limit = special ? sensitive : absent;
    if (limit.admits(System.nanoTime())) {
      FileReports.probed(sink, written, operations.get(at), found, real);
    }
  }

  /**
   * True if the answer means that the file exists. The answer is a boolean; a length or a time, or
   * a mode, where 0 means no file; or else an error number, where 0 means no error.
   */
  private static boolean found(boolean mode, @Nullable Object[] values) {
    boolean failed = values.length > 2 && values[2] != null;
    Object answer = values[1];
    if (answer instanceof Boolean yes) {
      return yes;
    }
    if (answer instanceof Long number) {
      return number != 0;
    }
    if (answer instanceof Integer number) {
      return (number != 0) == mode;
    }
    return !failed;
  }
}
