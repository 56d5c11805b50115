package whorl.dist.program;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Deploys a web application three times, each time in a class loader of its own: before a capture,
 * while one is taken, and after it. Says of each loader whether it is gone once the application is
 * undeployed.
 */
public final class Redeployer {
  private static final int ROUNDS = 150;

  private Redeployer() {}

  public static void main(String[] arguments) throws Exception {
    try {
      redeploy(Path.of(arguments[0]), arguments.length > 1);
    } catch (Exception e) {
      e.printStackTrace();
    }
    System.exit(0);
  }

  private static void redeploy(Path work, boolean alone) throws Exception {
    say("before", deployAndUndeploy(null));
    // An alert. And the JDK's process reaper keeps what is on the stack of its first caller.
    new ProcessBuilder("/bin/sh", "-c", "true").start().waitFor();
    System.setProperty("processes", "true");
    say("during", deployAndUndeploy(alone ? null : work));
    say("after", deployAndUndeploy(null));
  }

  /**
   * @param work where {@code done} appears when the capture is sealed; null to wait for none
   */
  private static WeakReference<ClassLoader> deployAndUndeploy(Path work) throws Exception {
    URL classes = Path.of(System.getProperty("application")).toUri().toURL();
    URLClassLoader loader =
        new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
    Object application =
        Class.forName("WebApplication", true, loader).getConstructor().newInstance();
    Thread thread = new Thread((Runnable) application);
    thread.setContextClassLoader(loader);
    thread.start();
    thread.join();
    while (work != null && !Files.exists(work.resolve("done"))) {
      Thread.sleep(100);
    }
    ((AutoCloseable) application).close();
    loader.close();
    return new WeakReference<>(loader);
  }

  private static void say(String when, WeakReference<ClassLoader> loader) throws Exception {
    for (int i = 0; i < ROUNDS && loader.get() != null; i++) {
      System.gc();
      Thread.sleep(100);
    }
    System.out.println(when + ": " + (loader.get() == null ? "let go" : "leaked"));
  }
}
