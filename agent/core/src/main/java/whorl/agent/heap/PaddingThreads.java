package whorl.agent.heap;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The threads of {@link DeepStack} during one dump. A frame takes 57 bytes of the dump, and one
 * mebibyte must be pushed out. HotSpot needs some kilobytes of native memory for each frame of the
 * thread it walks, so there are several threads.
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
   * @throws IOException if the threads cannot be started
   */
  static PaddingThreads begin() throws IOException, InterruptedException {
    CountDownLatch deep = new CountDownLatch(THREADS);
    CountDownLatch release = new CountDownLatch(1);
    PaddingThreads paddingThreads = new PaddingThreads(release);
    try {
      // A new class for each dump is the newest one: HotSpot looks up each frame's class from the
      // newest on.
      Class<?> fresh = new Fresh().define();
      fresh
          .getMethod("prepare", int.class, CountDownLatch.class, CountDownLatch.class)
          .invoke(null, FRAMES, deep, release);
      for (int i = 0; i < THREADS; i++) {
        Runnable run = (Runnable) fresh.getConstructor().newInstance();
        // Nothing that hooks observe runs on this thread.
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

  /** Sees only the JDK, and is unloaded with its class. */
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
