package whorl.agent.hook;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The transformers that the JDK asks, read from {@code sun.instrument}. To read them loads no
 * class, so that the watch can do it every time; that the JVM asks them at all, {@link Probe}
 * shows.
 */
final class TransformerList {
  private static final String MANAGER = "mRetransfomableTransformerManager"; // spelled so
  private static final String LIST = "mTransformerList";
  private static final String TRANSFORMER = "mTransformer";

  private final Instrumentation instrumentation;
  private boolean opened;

  TransformerList(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /** Whether the transformer is there; null when this JDK keeps them elsewhere. */
  @Nullable Boolean includes(ClassFileTransformer wanted) {
    try {
      open();
      Object manager = value(instrumentation, MANAGER);
      Object list = manager == null ? null : value(manager, LIST);
      if (list == null) {
        return Boolean.FALSE;
      }
      for (int i = 0; i < Array.getLength(list); i++) {
        Object one = Array.get(list, i);
        if (one != null && value(one, TRANSFORMER) == wanted) {
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
