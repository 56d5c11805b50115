package whorl.boot;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Loads all of Whorl except {@code whorl.boot} from an archive within the agent's jar. Neither the
 * application nor its class path scanners see these classes, nor the libraries that Whorl contains.
 * Its parent is the platform loader, so the application's classes are invisible here too.
 *
 * <p>Classes needed before {@code main} come from a bundle, which is read in one piece. The rest
 * comes from the archive, which is mapped before the agent's threads load classes concurrently with
 * the application: loading one then takes only the lock of that class and does no file operation,
 * see {@link MappedJar}.
 */
final class IsolatedLoader extends ClassLoader implements Function<String, List<String>> {
  static {
    registerAsParallelCapable();
  }

  private static final String PLACE = "META-INF/whorl/";

  /** All classes and resources. */
  private static final String ARCHIVE = PLACE + "agent.zip";

  /** The classes loaded before {@code main}. */
  private static final String HOOKS = PLACE + "hooks.zip";

  /** Names of the classes loaded once the application has started. */
  private static final String STAGES = PLACE + "stages.list";

  private static final String CLASS_FILE = ".class";

  /** Packages of the archive; all others are delegated to the parent. */
  private static final String[] OURS = {
    "whorl.",
    "net.bytebuddy.",
    "io.netty.",
    "com.fasterxml.jackson.",
    "com.exceptionfactory.jagged.",
    "org.slf4j.",
    "org.snakeyaml.engine."
  };

  private final File file;
  private final URL url;
  private final ProtectionDomain domain;
  private volatile @Nullable ClassBundle bundle;

  /** The whole jar, once it is mapped: the file may be deleted from then on. */
  private volatile @Nullable MappedJar jar;

  private volatile @Nullable MappedJar mapped;

  IsolatedLoader(File file) throws IOException {
    super(ClassLoader.getSystemClassLoader().getParent());
    this.file = file;
    this.url = file.toURI().toURL();
    this.domain = new ProtectionDomain(new CodeSource(url, (Certificate[]) null), null, this, null);
    this.bundle = new ClassBundle(content(HOOKS));
  }

  /**
   * Prepares for loading many classes.
   *
   * @param stage {@code hooks}, {@code stages}, or {@code end} when all are loaded
   * @return names of the classes of that stage
   */
  @Override
  public List<String> apply(String stage) {
    try {
      switch (stage) {
        case "hooks":
          ClassBundle hooks = bundle;
          return hooks == null ? new ArrayList<>() : hooks.classes();
        case "stages":
          archive();
          return lines(content(STAGES));
        default:
          bundle = null;
          return new ArrayList<>();
      }
    } catch (IOException e) {
      throw new IllegalStateException("the agent's jar cannot be read: " + e.getMessage(), e);
    }
  }

  /** The agent's classes come from the jar: delegating to the parent first would only cost time. */
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
      bytes = read(path(name));
    } catch (IOException e) {
      throw new ClassNotFoundException(name + " cannot be read", e);
    }
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length, domain);
  }

  private static boolean isOurs(String className) {
    for (String prefix : OURS) {
      if (className.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** A class file or resource; null if there is none. */
  private byte @Nullable [] read(String path) throws IOException {
    ClassBundle hooks = bundle;
    byte[] bytes = hooks == null ? null : hooks.read(path);
    return bytes != null ? bytes : archive().read(path);
  }

  /**
   * Mapped at the first use, by the agent's own thread before it loads the stages. Mapping is too
   * expensive before {@code main}, so the bundle has all that is needed until then.
   */
  private MappedJar archive() throws IOException {
    MappedJar archive = mapped;
    if (archive == null) {
      MappedJar whole = MappedJar.of(file);
      archive = whole.nested(ARCHIVE);
      jar = whole;
      mapped = archive;
    }
    return archive;
  }

  /** The content of an entry that the build always puts into the jar. */
  private byte[] content(String entry) throws IOException {
    byte[] bytes = readEntry(entry);
    if (bytes == null) {
      throw new FileNotFoundException("it lacks " + entry);
    }
    return bytes;
  }

  /**
   * An entry next to the archive, read through the jar's directory, which the JVM has in memory, or
   * from the map.
   */
  private byte @Nullable [] readEntry(String entry) throws IOException {
    MappedJar whole = jar;
    if (whole != null) {
      return whole.read(entry);
    }
    try (ZipFile zip = new ZipFile(file)) {
      ZipEntry found = zip.getEntry(entry);
      if (found == null) {
        return null;
      }
      byte[] bytes = new byte[(int) found.getSize()];
      try (DataInputStream in = new DataInputStream(zip.getInputStream(found))) {
        in.readFully(bytes);
      }
      return bytes;
    }
  }

  private static List<String> lines(byte[] text) {
    return Arrays.asList(new String(text, StandardCharsets.UTF_8).split("\n"));
  }

  private static String path(String className) {
    return className.replace('.', '/') + CLASS_FILE;
  }

  @Override
  protected @Nullable URL findResource(String name) {
    try {
      MappedJar archive = archive();
      return archive.has(name) ? new JarResource(archive, url).url(name) : null;
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL found = findResource(name);
    return found == null
        ? Collections.<URL>emptyEnumeration()
        : Collections.enumeration(Collections.singleton(found));
  }

  /** Also returns entries next to the archive, such as the holder class. */
  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    try {
      byte[] content = name.startsWith(PLACE) ? readEntry(name) : read(name);
      return content == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(content);
    } catch (IOException e) {
      return null;
    }
  }
}
