package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.always;
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
import whorl.agent.hook.weave.ThreadState;

/** Native libraries, loaded through System.load and through java.lang.foreign. */
public final class LibraryHook implements Hook {
  private static final int IN_FOLDER = 0;
  private static final String RAW = "jdk/internal/loader/RawNativeLibraries";

  private final EventSink sink;
  private final RealPaths paths;
  private final NativeLibraries libraries;

  public LibraryHook(EventSink sink, RealPaths paths, NativeLibraries libraries) {
    this.sink = sink;
    this.paths = paths;
    this.libraries = libraries;
  }

  @Override
  public String group() {
    return "library";
  }

  @Override
  public Map<String, List<String>> packagesOpened() {
    return RealPaths.packagesOpened();
  }

  @Override
  public void prepare() {
    paths.prepare();
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        always(
            "jdk/internal/loader/NativeLibraries",
            "loadLibrary",
            "(Ljava/lang/Class;Ljava/io/File;)",
            argument(1),
            FAILURE,
            RESULT),
        always(RAW, "load", "(Ljava/nio/file/Path;)", argument(0)),
        always(RAW, "load", "(Ljava/lang/String;)", argument(0)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (at == IN_FOLDER && values[1] == null && values[2] == null) {
      return; // there is no such file: each folder of the search path is tried
    }
    Object library = values[0];
    // For a bare name the system runs its own search.
    String path = library instanceof String name && name.indexOf('/') < 0 ? name : path(library);
    if (path != null) {
      libraries.reported(path);
    }
    sink.emit(EventType.LIBRARY_LOAD, path);
  }

  private @Nullable String path(@Nullable Object library) {
    String written = paths.written(library);
    String real = paths.ofTarget(library, written);
    return real == null ? written : real;
  }
}
