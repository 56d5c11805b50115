package whorl.agent.heap;

import java.util.concurrent.CountDownLatch;

/**
 * A thread with a deep stack of nothing. HotSpot from 22 on keeps the last mebibyte of a dump's
 * class part in a buffer until its object part is written; the stacks of threads come last in the
 * class part, so enough frames of this class push everything else out first. {@link PaddingThreads}
 * defines it anew for each dump. It speaks JDK types only.
 *
 * @see <a href="https://bugs.openjdk.org/browse/JDK-8306441">two-phase segmented heap dump</a>
 */
public final class DeepStack implements Runnable {
  private static int depth;
  private static CountDownLatch deep = new CountDownLatch(0);
  private static CountDownLatch release = new CountDownLatch(0);

  public DeepStack() {}

  /**
   * For all threads of this class; static, since an object in each frame would become a root in the
   * dump.
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
