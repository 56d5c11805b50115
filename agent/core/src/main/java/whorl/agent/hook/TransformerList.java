package whorl.agent.hook;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The transformers that the JDK calls, read from {@code sun.instrument}. Reading them loads no
 * class, so every check can do it. {@link Probe} shows whether the JVM calls them at all.
 */
final class TransformerList {
  private static final String MANAGER = "mRetransfomableTransformerManager"; // the JDK's spelling
  private static final String LIST = "mTransformerList";
  private static final String TRANSFORMER = "mTransformer";

  private final Instrumentation instrumentation;
  private boolean opened;

  TransformerList(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /** True if the transformer is in the list; null if this JDK keeps the list elsewhere. */
  @Nullable Boolean includes(ClassFileTransformer transformer) {
    try {
      open();
      Object manager = value(instrumentation, MANAGER);
      Object list = manager == null ? null : value(manager, LIST);
      if (list == null) {
        return Boolean.FALSE;
      }
      for (int i = 0; i < Array.getLength(list); i++) {
        Object info = Array.get(list, i);
        if (info != null && value(info, TRANSFORMER) == transformer) {
          return Boolean.TRUE;
        }
      }
      return Boolean.FALSE;
    } catch (ReflectiveOperationException | RuntimeException elsewhere) {
      return null;
    }
  }

  private void open() {
    if (!opened) {
      instrumentation.redefineModule(
          instrumentation.getClass().getModule(),
          Set.of(),
          Map.of(),
          Map.of("sun.instrument", Set.of(TransformerList.class.getModule())),
          Set.of(),
          Map.of());
      opened = true;
    }
  }

  private static @Nullable Object value(Object owner, String name)
      throws ReflectiveOperationException {
    Field field = owner.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(owner);
  }
}
