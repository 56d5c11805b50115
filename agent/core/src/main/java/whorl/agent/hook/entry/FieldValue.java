package whorl.agent.hook.entry;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.PrivateMembers;

/**
 * A field of a class that the agent is not compiled against, identified by class and field name and
 * looked up once for each class. A method could be overridden by the application, a field cannot. A
 * field that cannot be read has no value. Keeps no object alive.
 */
final class FieldValue {
  private static final Object[] NOTHING = {};

  private final String owner;
  private final String name;
  private final ClassValue<Object[]> byClass;

  /**
   * @param owner the end of the name of the declaring class
   */
  FieldValue(String owner, String name) {
    this.owner = owner;
    this.name = name;
    this.byClass = new Fields(this);
  }

  /** Holds the field in an array, which is empty if there is no field. */
  private static final class Fields extends ClassValue<Object[]> {
    private final FieldValue wanted;

    Fields(FieldValue wanted) {
      this.wanted = wanted;
    }

    @Override
    protected Object[] computeValue(Class<?> type) {
      return wanted.find(type);
    }
  }

  @Nullable Object of(@Nullable Object object) {
    if (object == null) {
      return null;
    }
    Object[] found = byClass.get(object.getClass());
    try {
      return found.length == 0 ? null : ((Field) found[0]).get(object);
    } catch (IllegalAccessException closed) {
      return null;
    }
  }

  @Nullable String text(@Nullable Object object) {
    return of(object) instanceof String text ? text : null;
  }

  private Object[] find(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      if (at.getName().endsWith(owner)) {
        Field field = PrivateMembers.field(at, name);
        return field == null ? NOTHING : new Object[] {field};
      }
    }
    return NOTHING;
  }
}
