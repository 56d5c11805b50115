package whorl.lab.attack;

import java.lang.reflect.Field;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.webresources.StandardRoot;

/** Finds the Tomcat that serves this thread, through the class loader of its web application. */
public final class TomcatContext {
  private TomcatContext() {}

  public static StandardContext current() throws Exception {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    StandardRoot resources = (StandardRoot) field(loader, "resources");
    return (StandardContext) resources.getContext();
  }

  public static Object field(Object target, String name) throws Exception {
    for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field.get(target);
        }
      }
    }
    throw new NoSuchFieldException(name);
  }
}
