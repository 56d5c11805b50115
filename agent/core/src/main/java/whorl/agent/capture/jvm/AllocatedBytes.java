package whorl.agent.capture.jvm;

import java.io.IOException;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all threads together have allocated on the heap, read from counters that HotSpot keeps for
 * each thread anyway: neither the application's threads nor a safepoint take part. From Java 21 on
 * the JVM has the sum of all threads that ever were. Before, it is added up here, so what a thread
 * allocates between the last reading and its end is missing. For one thread.
 *
 * <p>The bean is {@code sun.management.ThreadImpl}; its methods for this are protected there, and
 * public only in the module jdk.management, which an image may lack.
 */
public final class AllocatedBytes {
  private final PackageOpener opener;
  private @Nullable ThreadMXBean threads;
  private @Nullable Method total;
  private @Nullable Method ofThreads;
  private Map<Long, Long> before = new HashMap<>();
  private long sum;

  public AllocatedBytes(PackageOpener opener) {
    this.opener = opener;
  }

  /**
   * The bytes since the first call or since the JVM began; only differences between calls mean
   * something.
   *
   * @throws IOException with the reason if it cannot be read in this JVM
   */
  public long total() throws IOException {
    ThreadMXBean bean = threads == null ? open() : threads;
    try {
      if (total != null) {
        return (long) total.invoke(bean);
      }
      return added(bean);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IOException("allocation cannot be read in this JVM: " + e, e);
    }
  }

  private long added(ThreadMXBean bean) throws ReflectiveOperationException {
    long[] ids = bean.getAllThreadIds();
    Method each = ofThreads;
    if (each == null) {
      throw new NoSuchMethodException("getThreadAllocatedBytes");
    }
    long[] bytes = (long[]) each.invoke(bean, (Object) ids);
    Map<Long, Long> now = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      if (bytes[i] >= 0) {
        sum += Math.max(0, bytes[i] - before.getOrDefault(ids[i], 0L));
        now.put(ids[i], bytes[i]);
      }
    }
    before = now;
    return sum;
  }

  private ThreadMXBean open() throws IOException {
    if (!ManagementBeans.present()) {
      throw new IOException("this Java image has no module java.management");
    }
    ThreadMXBean bean = new ManagementBeans(opener).threads();
    total = method(bean, "getTotalThreadAllocatedBytes");
    ofThreads = total == null ? method(bean, "getThreadAllocatedBytes", long[].class) : null;
    if (total == null && ofThreads == null) {
      throw new IOException("this JVM does not say what its threads allocate");
    }
    threads = bean;
    return bean;
  }

  private static @Nullable Method method(ThreadMXBean bean, String name, Class<?>... parameters) {
    for (Class<?> type = bean.getClass(); type != null; type = type.getSuperclass()) {
      try {
        Method method = type.getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
      } catch (NoSuchMethodException inherited) {
        // it may be declared above
      } catch (RuntimeException closed) {
        return null;
      }
    }
    return null;
  }
}
