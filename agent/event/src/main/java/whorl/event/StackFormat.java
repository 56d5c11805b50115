package whorl.event;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Selects the frames of a stack: the innermost ones, without those of Whorl. A loop and not a
 * stream pipeline, because in a JVM that has just started each stage of a pipeline loads a class.
 */
public class StackFormat
    implements Function<Stream<StackWalker.StackFrame>, List<StackWalker.StackFrame>> {
  private static final String HOLDER = "java.lang.WhorlHooks";
  private static final Module OURS = StackFormat.class.getModule();
  private static final Module JAVA_BASE = Object.class.getModule();

  private final int max;

  /**
   * @param max maximum number of frames
   */
  public StackFormat(int max) {
    this.max = max;
  }

  @Override
  public final List<StackWalker.StackFrame> apply(Stream<StackWalker.StackFrame> frames) {
    List<StackWalker.StackFrame> taken = new ArrayList<>();
    Iterator<StackWalker.StackFrame> iterator = frames.iterator();
    while (taken.size() < max && iterator.hasNext()) {
      StackWalker.StackFrame frame = iterator.next();
      if (isTaken(frame)) {
        taken.add(frame);
      }
    }
    return taken;
  }

  /** True if this frame is selected; its walker retains class references. */
  protected boolean isTaken(StackWalker.StackFrame frame) {
    return !isOurs(frame);
  }

  /**
   * True if the frame belongs to Whorl. The name alone is no proof, since anyone can name a class
   * {@code whorl.X}: the class must also be in this module, that of the isolated loader. Modules
   * are compared, not loaders, because reading a loader may call a security manager.
   */
  public static boolean isOurs(StackWalker.StackFrame frame) {
    String className = frame.getClassName();
    if (className.startsWith("whorl.")) {
      return frame.getDeclaringClass().getModule() == OURS;
    }
    return className.equals(HOLDER) && frame.getDeclaringClass().getModule() == JAVA_BASE;
  }

  /** The first {@code max} of these frames as elements. */
  public static StackTraceElement[] elements(List<StackWalker.StackFrame> frames, int max) {
    StackTraceElement[] elements = new StackTraceElement[Math.min(max, frames.size())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = inOneLine(frames.get(i).toStackTraceElement());
    }
    return elements;
  }

  /**
   * The same frame without line ends. A class file may have any text as the name of a class, of a
   * method or of its source, and a loader any name; in a stack, one line is one frame.
   */
  public static StackTraceElement inOneLine(StackTraceElement frame) {
    String loader = frame.getClassLoaderName();
    String module = frame.getModuleName();
    String version = frame.getModuleVersion();
    String type = frame.getClassName();
    String method = frame.getMethodName();
    String file = frame.getFileName();
    return isInOneLine(loader)
            && isInOneLine(module)
            && isInOneLine(version)
            && isInOneLine(type)
            && isInOneLine(method)
            && isInOneLine(file)
        ? frame
        : new StackTraceElement(
            inOneLine(loader),
            inOneLine(module),
            inOneLine(version),
            String.valueOf(inOneLine(type)),
            String.valueOf(inOneLine(method)),
            inOneLine(file),
            frame.getLineNumber());
  }

  private static boolean isInOneLine(@Nullable String name) {
    return name == null || name.indexOf('\n') < 0 && name.indexOf('\r') < 0;
  }

  private static @Nullable String inOneLine(@Nullable String name) {
    return name == null ? null : name.replace('\n', '\uFFFD').replace('\r', '\uFFFD');
  }
}
