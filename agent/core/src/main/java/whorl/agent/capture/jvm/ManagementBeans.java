package whorl.agent.capture.jvm;

import java.io.IOException;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/**
 * Provides the JVM's beans without {@code ManagementFactory}: for threads, that class also
 * initialises java.util.logging, whose manager an application may want to choose first. This class
 * links to java.management and is not loaded if that module is absent.
 */
final class ManagementBeans {
  private static final String MODULE = "java.management";
  private static final String PACKAGE = "sun.management";

  private final PackageOpener opener;

  ManagementBeans(PackageOpener opener) {
    this.opener = opener;
  }

  /**
   * @throws IOException with the reason if the bean is not available
   */
  ThreadMXBean threads() throws IOException {
    return bean("getThreadMXBean", ThreadMXBean.class);
  }

  /**
   * @throws IOException with the reason if the bean is not available
   */
  RuntimeMXBean runtime() throws IOException {
    return bean("getRuntimeMXBean", RuntimeMXBean.class);
  }

  /**
   * @throws IOException with the reason if the beans are not available
   */
  List<MemoryPoolMXBean> memoryPools() throws IOException {
    List<MemoryPoolMXBean> pools = new ArrayList<>();
    for (Object pool : bean("getMemoryPoolMXBeans", List.class)) {
      pools.add((MemoryPoolMXBean) pool);
    }
    return pools;
  }

  /** True if this Java image has java.management. */
  static boolean present() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  private <T> T bean(String getter, Class<T> type) throws IOException {
    try {
      opener.open(MODULE, PACKAGE);
      Class<?> beans = Class.forName(PACKAGE + ".ManagementFactoryHelper", true, null);
      return type.cast(beans.getMethod(getter).invoke(null));
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw new IOException(type.getSimpleName() + " cannot be reached in this JVM: " + e, e);
    }
  }
}
