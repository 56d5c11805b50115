package whorl.boot;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Loads everything of Whorl but {@code whorl.boot} from the folder {@code inst/} of the agent's
 * jar, where class files are called {@code .classdata}: neither the application nor its class path
 * scanners meet them, nor the libraries that Whorl brings along. Its parent is the platform loader,
 * so the application's classes are as invisible here as ours are there.
 */
final class IsolatedLoader extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final String FOLDER = "inst/";

  /** Of what is no class here, and yet is ours alone. */
  private static final String OWN_FOLDER = "META-INF/whorl/";

  private static final String CLASS = ".class";

  private final ZipFile jar;
  private final String jarUrl;
  private final ProtectionDomain domain;

  IsolatedLoader(File jar) throws IOException {
    super(ClassLoader.getSystemClassLoader().getParent());
    this.jar = new ZipFile(jar);
    URL url = jar.toURI().toURL();
    this.jarUrl = "jar:" + url + "!/";
    this.domain = new ProtectionDomain(new CodeSource(url, (Certificate[]) null), null, this, null);
  }

  /** What is in the jar comes from there: to ask the parent first would be in vain, and is slow. */
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    ZipEntry entry = name.startsWith("java.") ? null : entry(name);
    if (entry == null) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        loaded = define(name, entry);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    ZipEntry entry = entry(name);
    if (entry == null) {
      throw new ClassNotFoundException(name);
    }
    return define(name, entry);
  }

  private @Nullable ZipEntry entry(String className) {
    return jar.getEntry(path(className.replace('.', '/') + CLASS));
  }

  /** Where a class's file, or a resource of ours, is in the jar. */
  private static String path(String name) {
    return FOLDER + (name.endsWith(CLASS) ? name + "data" : name);
  }

  private Class<?> define(String name, ZipEntry entry) throws ClassNotFoundException {
    byte[] bytes;
    try {
      bytes = content(entry);
    } catch (IOException e) {
      throw new ClassNotFoundException(name + " cannot be read from " + jar.getName(), e);
    }
    return defineClass(name, bytes, 0, bytes.length, domain);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    String path = path(name);
    if (jar.getEntry(path) == null) {
      return null;
    }
    try {
      return new URL(jarUrl + path);
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

  /** Without a URL connection, whose cache would open the jar once more. */
  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    ZipEntry entry = jar.getEntry(name.startsWith(OWN_FOLDER) ? name : path(name));
    if (entry == null) {
      return super.getResourceAsStream(name);
    }
    try {
      return jar.getInputStream(entry);
    } catch (IOException e) {
      return null;
    }
  }

  /** As many bytes as the jar's directory tells: nothing is read into a buffer that grows. */
  private byte[] content(ZipEntry entry) throws IOException {
    byte[] bytes = new byte[(int) entry.getSize()];
    try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
      in.readFully(bytes);
    }
    return bytes;
  }
}
