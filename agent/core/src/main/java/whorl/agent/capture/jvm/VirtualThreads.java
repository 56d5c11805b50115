package whorl.agent.capture.jvm;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.ThreadDump.ThreadState;

/**
 * Reads virtual threads (Java 21 and newer) from the container tree {@code
 * jdk.internal.vm.ThreadContainers}, which {@code jcmd Thread.dump_to_file} also walks. It writes
 * no file.
 */
final class VirtualThreads {
  private static final String MODULE = "java.base";
  private static final String PACKAGE = "jdk.internal.vm";
  private static final int DEPTH_MAX = 64;
  private static final int FIRST_JAVA = 21;

  private final PackageOpener opener;
  private final int keptMax;

  /** The first threads, and the number of all. */
  record Found(List<ThreadState> threads, long count) {}

  /**
   * @param keptMax how many are kept in memory at most; the others are only counted
   */
  VirtualThreads(PackageOpener opener, int keptMax) {
    this.opener = opener;
    this.keptMax = keptMax;
  }

  /**
   * @throws IOException with the reason if they cannot be read
   */
  Found find() throws IOException {
    if (Runtime.version().feature() < FIRST_JAVA) {
      return new Found(List.of(), 0);
    }
    try {
      opener.open(MODULE, PACKAGE);
      Walk walk = new Walk();
      walk.container(
          Class.forName(PACKAGE + ".ThreadContainers", true, null).getMethod("root").invoke(null),
          0);
      return new Found(walk.threads, walk.count);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw new IOException("virtual threads cannot be reached in this JVM: " + e, e);
    }
  }

  private final class Walk {
    private final Method children;
    private final Method threadsOf;
    private final Method nameOf;
    private final Method isVirtual;
    private final List<ThreadState> threads = new ArrayList<>();
    private long count;

    Walk() throws ReflectiveOperationException {
      Class<?> container = Class.forName(PACKAGE + ".ThreadContainer", false, null);
      children = container.getMethod("children");
      threadsOf = container.getMethod("threads");
      nameOf = container.getMethod("name");
      isVirtual = Thread.class.getMethod("isVirtual");
    }

    void container(@Nullable Object container, int depth) throws ReflectiveOperationException {
      if (container == null || depth > DEPTH_MAX) {
        return;
      }
      String name = (String) nameOf.invoke(container);
      try (Stream<?> members = (Stream<?>) threadsOf.invoke(container)) {
        for (Iterator<?> i = members.iterator(); i.hasNext(); ) {
          Thread thread = (Thread) i.next();
          if ((Boolean) isVirtual.invoke(thread)) {
            add(thread, name);
          }
        }
      }
      try (Stream<?> inner = (Stream<?>) children.invoke(container)) {
        for (Iterator<?> i = inner.iterator(); i.hasNext(); ) {
          container(i.next(), depth + 1);
        }
      }
    }

    private void add(Thread thread, @Nullable String container) {
      count++;
      if (threads.size() < keptMax) {
        threads.add(PlainThreads.state(thread, true, container, thread.getStackTrace()));
      }
    }
  }
}
