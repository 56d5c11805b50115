package whorl.agent.capture.jvm;

import java.io.IOException;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/**
 * What is left of the heap after collections, and the number of threads: two of the JVM's beans.
 */
public final class HeapAfterCollection {
  private HeapAfterCollection() {}

  /**
   * What was in use after the last collection of each pool, in percent of the heap's maximum; 0
   * before the first.
   *
   * @throws IOException with the reason if it cannot be read in this JVM
   */
  public static double percent(PackageOpener opener) throws IOException {
    if (!ManagementBeans.present()) {
      throw new IOException("this Java image has no module java.management");
    }
    long used = 0;
    for (MemoryPoolMXBean pool : new ManagementBeans(opener).memoryPools()) {
      MemoryUsage left = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      used += left == null ? 0 : left.getUsed();
    }
    return 100.0 * used / Runtime.getRuntime().maxMemory();
  }

  /**
   * The number of live platform threads.
   *
   * @throws IOException with the reason if it cannot be read in this JVM
   */
  public static int liveThreads(PackageOpener opener) throws IOException {
    if (!ManagementBeans.present()) {
      throw new IOException("this Java image has no module java.management");
    }
    return new ManagementBeans(opener).threads().getThreadCount();
  }
}
