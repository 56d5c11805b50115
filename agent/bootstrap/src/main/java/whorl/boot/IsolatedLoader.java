package whorl.boot;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
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
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Loads everything of Whorl but {@code whorl.boot} from the folder {@code inst/} of the agent's
 * jar, where class files are called {@code .classdata}: neither the application nor its class path
 * scanners meet them, nor the libraries that Whorl brings along. Its parent is the platform loader,
 * so the application's classes are as invisible here as ours are there.
 *
 * <p>Before {@code main} it reads the jar as a {@link ZipFile}, whose directory the JVM has in
 * memory already. From the moment on that agent threads load classes beside the application, it
 * takes the lock of the class alone and does no file operation, see {@link MappedJar}.
 */
final class IsolatedLoader extends ClassLoader implements Function<String, List<String>> {
  static {
    registerAsParallelCapable();
  }

  private static final String FOLDER = "inst/";

  /** Of what is no class here, and yet is ours alone. */
  private static final String OWN_FOLDER = "META-INF/whorl/";

  private static final String CLASS_FILE = ".classdata";

  /** What is loaded before {@code main}. */
  private static final String HOOKS = OWN_FOLDER + "hooks.zip";

  /** Names of what is loaded when the application has started. */
  private static final String STAGES = OWN_FOLDER + "stages.list";

  private final File file;
  private final ZipFile zip;
  private final JarResource resources;
  private final ProtectionDomain domain;
  private volatile @Nullable MappedJar mapped;
  private volatile @Nullable ClassBundle bundle;

  IsolatedLoader(File file) throws IOException {
    super(ClassLoader.getSystemClassLoader().getParent());
    this.file = file;
    this.zip = new ZipFile(file);
    URL url = file.toURI().toURL();
    this.resources = new JarResource(this, url);
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
          mapped = new MappedJar(file);
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
    if (name.startsWith("java.") || !has(path(name))) {
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
        bytes = read(path(name));
      }
    } catch (IOException e) {
      throw new ClassNotFoundException(name + " cannot be read", e);
    }
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length, domain);
  }

  private boolean has(String entry) {
    MappedJar jar = mapped;
    return jar == null ? zip.getEntry(entry) != null : jar.has(entry);
  }

  /** The content of an entry of the jar; null when there is none of this name. */
  byte @Nullable [] read(String entry) throws IOException {
    MappedJar jar = mapped;
    if (jar != null) {
      return jar.read(entry);
    }
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

  private byte[] content(String entry) throws IOException {
    byte[] bytes = read(entry);
    if (bytes == null) {
      throw new FileNotFoundException(file + " lacks " + entry);
    }
    return bytes;
  }

  private static List<String> lines(byte[] text) {
    return Arrays.asList(new String(text, StandardCharsets.UTF_8).split("\n"));
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
    if (!has(path)) {
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
      byte[] content = read(resourcePath(name));
      return content == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(content);
    } catch (IOException e) {
      return null;
    }
  }
}
