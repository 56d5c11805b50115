package whorl.agent.hook.code;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;
import whorl.event.StackFormat;

/** The stack of the thread that is defining a class, walked once, without frames of Whorl. */
public final class DefinitionStack {
  private static final int MAX_FRAMES = 96;
  private static final int SUSPICIOUS_KEPT = 32;
  private static final int GENERATED_KEPT = 8;
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final StackFormat FRAMES = new DefinitionFrames();

  private final List<StackWalker.StackFrame> frames;
  private StackTraceElement @Nullable [] elements;

  /** Also leaves out the frames between the JVM and a transformer. */
  private static final class DefinitionFrames extends StackFormat {
    DefinitionFrames() {
      super(MAX_FRAMES);
    }

    @Override
    protected boolean isTaken(StackWalker.StackFrame frame) {
      return super.isTaken(frame) && !isBetween(frame);
    }

    /** Checks the loader too, because any code can use these names. */
    private static boolean isBetween(StackWalker.StackFrame frame) {
      String name = frame.getClassName();
      boolean named =
          name.startsWith("sun.instrument.TransformerManager")
              || name.equals("sun.instrument.InstrumentationImpl")
                  && frame.getMethodName().equals("transform")
              || name.startsWith("java.lang.instrument.");
      return named && ClassFacts.isOfBootLoader(frame.getDeclaringClass());
    }
  }

  private DefinitionStack(List<StackWalker.StackFrame> frames) {
    this.frames = frames;
  }

  /** Loads and links everything needed, so that no definition waits for another. */
  public static void warmUp() {
    DefinitionStack current = here();
    current.generator();
    current.changer();
    current.change();
    current.frames(true);
  }

  /** The stack of the current thread. */
  public static DefinitionStack here() {
    return new DefinitionStack(WALKER.walk(FRAMES));
  }

  /** The known library that is generating the class; null if the generator is unknown. */
  @Nullable String generator() {
    return KnownGenerators.recognise(frames);
  }

  /** How an agent's interface is used to change classes. */
  enum Change {
    /** By the JDK itself: not reported. */
    JDK,
    /** With new bytes. */
    REPLACED,
    /** By calling the transformers again. */
    TRANSFORMED
  }

  Change change() {
    for (StackWalker.StackFrame frame : frames) {
      String name = frame.getClassName();
      if (!ClassFacts.isOfBootLoader(frame.getDeclaringClass())) {
        continue;
      }
      if (name.equals("sun.instrument.InstrumentationImpl")) {
        String method = frame.getMethodName();
        if (method.startsWith("redefineClasses")) {
          return Change.REPLACED;
        }
        if (method.startsWith("retransformClasses")) {
          return Change.TRANSFORMED;
        }
      } else if (name.startsWith("jdk.jfr.")) {
        return Change.JDK;
      }
    }
    return Change.REPLACED;
  }

  /** The known agent or library that is changing classes; null if it is unknown. */
  @Nullable String changer() {
    for (StackWalker.StackFrame frame : frames) {
      String name = frame.getClassName();
      boolean ofTheJdk =
          name.startsWith("sun.instrument.")
              || name.startsWith("java.")
              || name.startsWith("jdk.internal.");
      boolean between =
          ofTheJdk && ClassFacts.isOfBootLoader(frame.getDeclaringClass())
              || KnownGenerators.isPlumbing(frame);
      if (!between) {
        return KnownGenerators.changer(frame);
      }
    }
    return null;
  }

  /** The stack as text; fewer frames for classes of a known library. */
  List<StackTraceElement> frames(boolean suspicious) {
    int most = suspicious ? SUSPICIOUS_KEPT : GENERATED_KEPT;
    StackTraceElement[] known = elements;
    if (known == null) {
      return List.of(StackFormat.elements(frames, most));
    }
    return List.of(Arrays.copyOf(known, Math.min(most, known.length)));
  }

  /** The whole stack as text; the array must not be changed. */
  StackTraceElement[] elements() {
    StackTraceElement[] known = elements;
    if (known == null) {
      known = StackFormat.elements(frames, MAX_FRAMES);
      elements = known;
    }
    return known;
  }
}
