package whorl.agent.heap;

import java.util.concurrent.CountDownLatch;

/**
 * A thread with a deep stack of empty frames. From 22 on HotSpot keeps the last mebibyte of a
 * dump's class part in a buffer until its object part is written. The stacks of threads come last
 * in the class part, so enough frames of this class push everything else out first. {@link
 * PaddingThreads} defines the class anew for each dump. It uses JDK types only.
 *
 * @see <a href="https://bugs.openjdk.org/browse/JDK-8306441">two-phase segmented heap dump</a>
 */
public final class DeepStack implements Runnable {
  private static int depth;
  private static CountDownLatch deep = new CountDownLatch(0);
  private static CountDownLatch release = new CountDownLatch(0);

  public DeepStack() {}

  /**
   * Applies to all threads of this class. The values are static, because an object in each frame
   * would become a root in the dump.
   */
  public static void prepare(int frames, CountDownLatch whenDeep, CountDownLatch untilReleased) {
    depth = frames;
    deep = whenDeep;
    release = untilReleased;
  }

  @Override
  public void run() {
    down(depth);
  }

  private static void down(int left) {
    if (left > 0) {
      down(left - 1);
      return;
    }
    deep.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
