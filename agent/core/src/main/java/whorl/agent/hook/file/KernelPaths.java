package whorl.agent.hook.file;

import java.io.FileDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;
import whorl.event.StackEnd;

/**
 * Queries the kernel for the real path of a descriptor or of a name. It calls the JDK's own native
 * methods directly, because the default file system of java.nio and a security manager may be the
 * application's. It takes no lock, and our hooks do not observe it because the thread is marked as
 * busy.
 */
public final class KernelPaths implements Predicate<String> {
  private static final String DESCRIPTORS = "/proc/self/fd/";
  private static final String SELF = "/proc/self";
  private static final int CACHED_DESCRIPTORS = 512;

  private final LongAdder failed = new LongAdder();

  /** Paths of the JDK's own class, by descriptor; created on demand. */
  private final @Nullable Object[] descriptorPaths = new Object[CACHED_DESCRIPTORS];

  /** True if the JDK has the members used here; known once they were tried. */
  private static volatile boolean available;

  private String ownProcess = "";

  KernelPaths() {}

  /** Looked up once the packages are open, and constant for the compiler. */
  private static final class Calls {
    static final FileSystem FILES;
    static final Class<?> UNIX_PATH;
    static final MethodHandle READLINK;
    static final MethodHandle REALPATH;
    static final VarHandle DESCRIPTOR;

    private Calls() {}

    static {
      try {
        Class<?> provider = Class.forName("sun.nio.fs.DefaultFileSystemProvider");
        MethodHandles.Lookup ofProvider =
            MethodHandles.privateLookupIn(provider, MethodHandles.lookup());
        FILES =
            (FileSystem)
                ofProvider
                    .findStatic(provider, "theFileSystem", MethodType.methodType(FileSystem.class))
                    .invoke();
        UNIX_PATH = Class.forName("sun.nio.fs.UnixPath");
        Class<?> dispatcher = Class.forName("sun.nio.fs.UnixNativeDispatcher");
        MethodHandles.Lookup ofDispatcher =
            MethodHandles.privateLookupIn(dispatcher, MethodHandles.lookup());
        MethodType exact = MethodType.methodType(byte[].class, UNIX_PATH);
        MethodType generic = MethodType.methodType(byte[].class, Object.class);
        READLINK = ofDispatcher.findStatic(dispatcher, "readlink", exact).asType(generic);
        REALPATH = ofDispatcher.findStatic(dispatcher, "realpath", exact).asType(generic);
        DESCRIPTOR =
            MethodHandles.privateLookupIn(FileDescriptor.class, MethodHandles.lookup())
                .findVarHandle(FileDescriptor.class, "fd", int.class);
      } catch (Throwable otherShape) {
        throw new ExceptionInInitializerError(otherShape);
      }
    }
  }

  /** Links everything; if the JDK lacks a member, paths stay as they are written. */
  void prepare() {
    try {
      Object self = Calls.FILES.getPath(SELF);
      byte[] process = (byte[]) Calls.READLINK.invokeExact(self);
      ownProcess = "/proc/".concat(text(process));
      available = (int) Calls.DESCRIPTOR.get(FileDescriptor.out) >= -1;
      ofDescriptor(number(FileDescriptor.out));
      ofName(SELF);
    } catch (Throwable otherShape) {
      failed.increment();
    }
  }

  /** The number of queries that the kernel did not answer. */
  long failed() {
    return failed.sum();
  }

  /** True for a path of the JDK's own class, whose methods are safe to call. */
  public static boolean isUnixPath(@Nullable Object path) {
    return path != null
        && ClassFacts.isOfBootLoader(path.getClass())
        && path.getClass().getName().equals("sun.nio.fs.UnixPath");
  }

  /** The number of a descriptor; -1 if there is none. */
  static int number(@Nullable Object descriptor) {
    return available && descriptor instanceof FileDescriptor fileDescriptor
        ? (int) Calls.DESCRIPTOR.get(fileDescriptor)
        : -1;
  }

  /** The path of an open descriptor; null if it cannot be read. */
  @Nullable String ofDescriptor(int descriptor) {
    if (descriptor < 0 || !available) {
      return null;
    }
    try {
      Object path = descriptor < CACHED_DESCRIPTORS ? descriptorPaths[descriptor] : null;
      if (path == null) {
        path = Calls.FILES.getPath(DESCRIPTORS.concat(Integer.toString(descriptor)));
        if (descriptor < CACHED_DESCRIPTORS) {
          descriptorPaths[descriptor] = path;
        }
      }
      return withSelf(text((byte[]) Calls.READLINK.invokeExact(path)));
    } catch (Throwable gone) {
      if (gone instanceof StackOverflowError) {
        StackEnd.met();
      }
      failed.increment();
      return null;
    }
  }

  /**
   * The name without links and dots.
   *
   * @param name absolute, or a path of the JDK's own class
   * @return null if there is no such file, or it cannot be reached
   */
  @Nullable String ofName(Object name) {
    if (!available) {
      return null;
    }
    try {
      Object path = name instanceof String text ? Calls.FILES.getPath(text) : name;
      return withSelf(text((byte[]) Calls.REALPATH.invokeExact(path)));
    } catch (Throwable noSuchFile) {
      if (noSuchFile instanceof StackOverflowError) {
        StackEnd.met(); // the file keeps the name that it was opened by
      }
      return null;
    }
  }

  /** True if there is a file with this name. */
  @Override
  public boolean test(String name) {
    return ofName(name) != null;
  }

  /** Replaces this process's id by {@code self}, so that its files have one name. */
  private String withSelf(String path) {
    int length = ownProcess.length();
    boolean own =
        length > 0
            && path.startsWith(ownProcess)
            && (path.length() == length || path.charAt(length) == '/');
    return own ? SELF.concat(path.substring(length)) : path;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
