package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.Operand.argument;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/** Native libraries, loaded through System.load and through java.lang.foreign. */
public final class LibraryHook implements Hook {
  private static final String RAW = "jdk/internal/loader/RawNativeLibraries";

  private final EventSink sink;
  private final PathText paths;
  private final NativeLibraries libraries;

  public LibraryHook(EventSink sink, PathText paths, NativeLibraries libraries) {
    this.sink = sink;
    this.paths = paths;
    this.libraries = libraries;
  }

  @Override
  public String word() {
    return "library";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        always(
            "jdk/internal/loader/NativeLibraries",
            "loadLibrary",
            "(Ljava/lang/Class;Ljava/io/File;)",
            argument(1)),
        always(RAW, "load", "(Ljava/nio/file/Path;)", argument(0)),
        always(RAW, "load", "(Ljava/lang/String;)", argument(0)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    String library = text(values[0]);
    // A bare name goes through the system's own search.
    String path = library == null || library.indexOf('/') < 0 ? library : paths.of(library);
    if (path != null) {
      libraries.told(path);
    }
    sink.emit(EventType.LIBRARY_LOAD, path);
  }

  /** Of the JDK's own classes alone: others may be an application's, with methods of its own. */
  private static @Nullable String text(@Nullable Object library) {
    if (library instanceof String name) {
      return name;
    }
    if (library instanceof File file) {
      return file.getClass() == File.class ? file.getPath() : null;
    }
    return library instanceof Path path && path.getClass().getClassLoader() == null
        ? path.toString()
        : null;
  }
}
