package whorl.agent.hook.code;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Searches the classes of this thread's frames, innermost first, for one that decides a question.
 * Frames of reflection and of method handles are left out.
 *
 * <p>Up to JDK 23 HotSpot returns them in one native call. {@link StackWalker} takes ten times as
 * long while nothing is compiled yet, which is when most classes are loaded. From 24 on that call
 * uses the walker internally.
 */
abstract class StackSearch<T> implements Function<Stream<StackWalker.StackFrame>, @Nullable T> {
  private static final int LAST_NATIVE_JAVA = 23;
  private static final @Nullable Context CONTEXT =
      Runtime.version().feature() <= LAST_NATIVE_JAVA ? new Context() : null;
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private final int maxFrames;

  /**
   * @param maxFrames the number of frames to search
   */
  StackSearch(int maxFrames) {
    this.maxFrames = maxFrames;
  }

  /** The answer that a frame of this class gives; null for none. */
  abstract @Nullable T answer(Class<?> type);

  /** The answer of the innermost frame that gives one; null if none does. */
  final @Nullable T find() {
    return CONTEXT == null ? WALKER.walk(this) : first(CONTEXT.getClassContext());
  }

  private @Nullable T first(Class<?>[] types) {
    int end = Math.min(types.length, maxFrames);
    for (int i = 0; i < end; i++) {
      T answer = answer(types[i]);
      if (answer != null) {
        return answer;
      }
    }
    return null;
  }

  @Override
  public final @Nullable T apply(Stream<StackWalker.StackFrame> frames) {
    Iterator<StackWalker.StackFrame> iterator = frames.iterator();
    for (int i = 0; i < maxFrames && iterator.hasNext(); i++) {
      T answer = answer(iterator.next().getDeclaringClass());
      if (answer != null) {
        return answer;
      }
    }
    return null;
  }

  /** Never installed as the JVM's security manager; it only provides this method. */
  @SuppressWarnings("removal")
  private static final class Context extends SecurityManager {
    @Override
    protected Class<?>[] getClassContext() {
      return super.getClassContext();
    }
  }
}
