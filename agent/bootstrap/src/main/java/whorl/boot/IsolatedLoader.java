package whorl.boot;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Loads everything of Whorl but {@code whorl.boot} from the folder {@code inst/} of the agent's
 * jar, where class files are called {@code .classdata}: neither the application nor its class path
 * scanners meet them, nor the libraries that Whorl brings along. Its parent is the platform loader,
 * so the application's classes are as invisible here as ours are there.
 *
 * <p>Loading a class takes the lock of that class alone and does no file operation, see {@link
 * MappedJar}.
 */
final class IsolatedLoader extends ClassLoader implements Function<String, List<String>> {
  static {
    registerAsParallelCapable();
  }

  private static final String FOLDER = "inst/";

  /** Of what is no class here, and yet is ours alone. */
  private static final String OWN_FOLDER = "META-INF/whorl/";

  private static final String CLASS_FILE = ".classdata";

  private final MappedJar jar;
  private final JarResource resources;
  private final ProtectionDomain domain;

  IsolatedLoader(File file) throws IOException {
    super(ClassLoader.getSystemClassLoader().getParent());
    this.jar = new MappedJar(file);
    URL url = file.toURI().toURL();
    this.resources = new JarResource(jar, url);
    this.domain = new ProtectionDomain(new CodeSource(url, (Certificate[]) null), null, this, null);
  }

  /** The agent's classes come from the jar: asking the parent first would only cost time. */
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.startsWith("java.") || !jar.has(path(name))) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        loaded = findClass(name);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes;
    try {
      bytes = jar.read(path(name));
    } catch (IOException e) {
      throw new ClassNotFoundException(name + " cannot be read", e);
    }
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length, domain);
  }

  /**
   * Names of the classes in a package and in the packages below it.
   *
   * @param packageName such as {@code whorl.agent.hook}
   */
  @Override
  public List<String> apply(String packageName) {
    List<String> classes = new ArrayList<>();
    for (String entry : jar.namesBelow(FOLDER + packageName.replace('.', '/') + '/')) {
      if (entry.endsWith(CLASS_FILE) && !entry.endsWith("package-info" + CLASS_FILE)) {
        String name = entry.substring(FOLDER.length(), entry.length() - CLASS_FILE.length());
        classes.add(name.replace('/', '.'));
      }
    }
    return classes;
  }

  /** Where a class's file is in the jar. */
  private static String path(String className) {
    return FOLDER + className.replace('.', '/') + CLASS_FILE;
  }

  /** Where a resource of ours is in the jar. */
  private static String resourcePath(String name) {
    return name.startsWith(OWN_FOLDER)
        ? name
        : FOLDER + (name.endsWith(".class") ? name + "data" : name);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    String path = resourcePath(name);
    if (!jar.has(path)) {
      return null;
    }
    try {
      return resources.url(path);
    } catch (MalformedURLException e) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL url = findResource(name);
    return url == null
        ? Collections.<URL>emptyEnumeration()
        : Collections.enumeration(Collections.singleton(url));
  }

  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    try {
      byte[] content = jar.read(resourcePath(name));
      return content == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(content);
    } catch (IOException e) {
      return null;
    }
  }
}
