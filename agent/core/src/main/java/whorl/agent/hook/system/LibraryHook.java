package whorl.agent.hook.system;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.Operand.FAILURE;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventSink;
import whorl.agent.hook.file.RealPaths;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/** Native libraries, loaded through System.load and through java.lang.foreign. */
public final class LibraryHook implements Hook {
  private static final int LOADED_FROM_FOLDER = 0;
  private static final int LOADED_RAW = 1;
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
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            LOADED_FROM_FOLDER,
            always(
                "jdk/internal/loader/NativeLibraries",
                "loadLibrary",
                "(Ljava/lang/Class;Ljava/io/File;)",
                argument(1),
                FAILURE,
                RESULT)),
        point(LOADED_RAW, always(RAW, "load", "(Ljava/nio/file/Path;)", argument(0))),
        point(LOADED_RAW, always(RAW, "load", "(Ljava/lang/String;)", argument(0))));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case LOADED_FROM_FOLDER -> {
        // Otherwise there is no such file: each folder of the search path is tried.
        if (values[1] != null || values[2] != null) {
          loaded(values[0]);
        }
      }
      case LOADED_RAW -> loaded(values[0]);
      default -> throw HookPoint.unknown(at);
    }
  }

  private void loaded(@Nullable Object library) {
    // For a bare name the system runs its own search.
    String path = library instanceof String name && name.indexOf('/') < 0 ? name : path(library);
    if (path != null) {
      libraries.reported(path);
    }
    CodeReports.libraryLoaded(sink, path);
  }

  private @Nullable String path(@Nullable Object library) {
    String written = paths.written(library);
    String real = paths.ofTarget(library, written);
    return real == null ? written : real;
  }
}
