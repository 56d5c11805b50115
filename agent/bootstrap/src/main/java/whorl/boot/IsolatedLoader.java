package whorl.boot;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Loads everything of Whorl but {@code whorl.boot} from an archive within the agent's jar: neither
 * the application nor its class path scanners meet these classes, nor the libraries that Whorl
 * brings along. Its parent is the platform loader, so the application's classes are as invisible
 * here as ours are there.
 *
 * <p>Loading a class takes the lock of that class alone and does no file operation, see {@link
 * MappedJar}. The classes that are loaded before {@code main} come from a bundle of their own.
 */
final class IsolatedLoader extends ClassLoader implements Function<String, List<String>> {
  static {
    registerAsParallelCapable();
  }

  private static final String PLACE = "META-INF/whorl/";

  /** All classes and resources. */
  private static final String ARCHIVE = PLACE + "agent.zip";

  /** What is loaded before {@code main}. */
  private static final String HOOKS = PLACE + "hooks.zip";

  /** Names of what is loaded when the application has started. */
  private static final String STAGES = PLACE + "stages.list";

  private static final String CLASS_FILE = ".class";

  private final MappedJar jar;
  private final MappedJar archive;
  private final JarResource resources;
  private final ProtectionDomain domain;
  private volatile @Nullable ClassBundle bundle;

  IsolatedLoader(File file) throws IOException {
    super(ClassLoader.getSystemClassLoader().getParent());
    this.jar = MappedJar.of(file);
    this.archive = jar.nested(ARCHIVE);
    URL url = file.toURI().toURL();
    this.resources = new JarResource(archive, url);
    this.domain = new ProtectionDomain(new CodeSource(url, (Certificate[]) null), null, this, null);
  }

  /**
   * Makes ready for loading many classes.
   *
   * @param stage {@code hooks}, {@code stages}, or {@code end} when all are loaded
   * @return names of the classes of that stage
   */
  @Override
  public List<String> apply(String stage) {
    try {
      switch (stage) {
        case "hooks":
          bundle = new ClassBundle(content(HOOKS));
          return bundle.names();
        case "stages":
          return lines(content(STAGES));
        default:
          bundle = null;
          return new ArrayList<>();
      }
    } catch (IOException e) {
      throw new IllegalStateException("the agent's jar cannot be read: " + e.getMessage(), e);
    }
  }

  /** The agent's classes come from the jar: asking the parent first would only cost time. */
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.startsWith("java.") || !isOurs(name)) {
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
      ClassBundle hooks = bundle;
      bytes = hooks == null ? null : hooks.read(name);
      if (bytes == null) {
        bytes = archive.read(path(name));
      }
    } catch (IOException e) {
      throw new ClassNotFoundException(name + " cannot be read", e);
    }
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length, domain);
  }

  private boolean isOurs(String className) {
    ClassBundle hooks = bundle;
    return hooks != null && hooks.has(className) || archive.has(path(className));
  }

  /** The content of an entry of the jar that the build always makes. */
  private byte[] content(String entry) throws IOException {
    byte[] bytes = jar.read(entry);
    if (bytes == null) {
      throw new FileNotFoundException("it lacks " + entry);
    }
    return bytes;
  }

  private static List<String> lines(byte[] text) {
    return Arrays.asList(new String(text, StandardCharsets.UTF_8).split("\n"));
  }

  private static String path(String className) {
    return className.replace('.', '/') + CLASS_FILE;
  }

  @Override
  protected @Nullable URL findResource(String name) {
    if (!archive.has(name)) {
      return null;
    }
    try {
      return resources.url(name);
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

  /** Also of what lies beside the archive, such as the holder class. */
  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    try {
      byte[] content = name.startsWith(PLACE) ? jar.read(name) : archive.read(name);
      return content == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(content);
    } catch (IOException e) {
      return null;
    }
  }
}
