package whorl.agent.heap;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The threads of {@link DeepStack} while one dump is taken. A frame becomes 57 bytes of the dump,
 * and what must be pushed out is one mebibyte. HotSpot needs some kilobytes of native memory for
 * each frame of the thread it walks, hence several threads.
 */
final class PaddingThreads implements AutoCloseable {
  private static final int THREADS = 10;
  private static final int FRAMES = 2_000;
  private static final long STACK_BYTES = 2 << 20;
  private static final int CLASS_MAX_BYTES = 64 << 10;

  private final CountDownLatch release;

  private PaddingThreads(CountDownLatch release) {
    this.release = release;
  }

  /**
   * Starts the threads and waits until all are deep.
   *
   * @throws IOException when the threads cannot be had
   */
  static PaddingThreads begin() throws IOException, InterruptedException {
    CountDownLatch deep = new CountDownLatch(THREADS);
    CountDownLatch release = new CountDownLatch(1);
    PaddingThreads paddingThreads = new PaddingThreads(release);
    try {
      // A class of its own for each dump is the newest there is: HotSpot looks each frame's class
      // up from the newest on.
      Class<?> fresh = new Fresh().define();
      fresh
          .getMethod("prepare", int.class, CountDownLatch.class, CountDownLatch.class)
          .invoke(null, FRAMES, deep, release);
      for (int i = 0; i < THREADS; i++) {
        Runnable run = (Runnable) fresh.getConstructor().newInstance();
        // Nothing that hooks observe happens on it.
        Thread thread = new Thread(null, run, "whorl-heap-padding", STACK_BYTES, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
      }
      if (!deep.await(2, TimeUnit.SECONDS)) {
        throw new IOException("the padding threads did not start within 2 s");
      }
      return paddingThreads;
    } catch (ReflectiveOperationException | LinkageError | OutOfMemoryError e) {
      paddingThreads.close();
      throw new IOException("no padding threads: " + e, e);
    } catch (IOException | InterruptedException | RuntimeException e) {
      paddingThreads.close();
      throw e;
    }
  }

  @Override
  public void close() {
    release.countDown();
  }

  /** Sees nothing but the JDK, and is forgotten with its class. */
  private static final class Fresh extends ClassLoader {
    private static final String NAME = "whorl/agent/heap/DeepStack";

    Fresh() {
      super(null);
    }

    Class<?> define() throws IOException {
      byte[] bytes = bytes();
      return defineClass(NAME.replace('/', '.'), bytes, 0, bytes.length);
    }

    private static byte[] bytes() throws IOException {
      ClassLoader ours = DeepStack.class.getClassLoader();
      try (InputStream plain = ours.getResourceAsStream(NAME + ".class")) {
        if (plain == null) {
          throw new IOException("the class " + NAME + " cannot be read");
        }
        return plain.readNBytes(CLASS_MAX_BYTES);
      }
    }
  }
}
