package whorl.agent.hook.network;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A non-public field of a JDK class, in a package that was opened to the agent. It is looked up at
 * the first read, when its class is loaded anyway; earlier if the look-up could call a security
 * manager of the application. If the JDK lacks the field, reads return null.
 */
final class PrivateField {
  private static final int FIRST_WITHOUT_MANAGERS = 24;

  private final String owner;
  private final String name;
  private final Class<?> type;
  private volatile @Nullable VarHandle field;
  private volatile boolean missing;

  PrivateField(String owner, String name, Class<?> type) {
    this.owner = owner;
    this.name = name;
    this.type = type;
  }

  /** Must be called once the package is open, before the application runs. */
  void prepare() {
    if (Runtime.version().feature() < FIRST_WITHOUT_MANAGERS) {
      field = find();
      missing = field == null;
    }
  }

  @Nullable Object of(@Nullable Object object) {
    if (object == null || missing) {
      return null;
    }
    VarHandle found = field;
    if (found == null) {
      found = find();
      field = found;
      missing = found == null;
    }
    return found == null ? null : found.get(object);
  }

  private @Nullable VarHandle find() {
    try {
      Class<?> declaring = Class.forName(owner, false, null);
      return MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
          .findVarHandle(declaring, name, type);
    } catch (ReflectiveOperationException otherShape) {
      return null;
    }
  }
}
