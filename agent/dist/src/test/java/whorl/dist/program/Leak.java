package whorl.dist.program;

import java.io.FileInputStream;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;

/** An application is undeployed: whether its class loader is let go when it did what is watched. */
public final class Leak {
  private static final int ROUNDS = 100;

  private Leak() {}

  public static void main(String[] arguments) throws Exception {
    // The JDK's process reaper keeps what was on the stack of its first caller.
    new ProcessBuilder("/bin/true").start().waitFor();
    WeakReference<ClassLoader> loader = deployAndUndeploy();
    for (int i = 0; i < ROUNDS && loader.get() != null; i++) {
      System.gc();
      Thread.sleep(100);
    }
    System.out.println(loader.get() == null ? "let go" : "leaked");
  }

  private static WeakReference<ClassLoader> deployAndUndeploy() throws Exception {
    URL place = Leak.class.getProtectionDomain().getCodeSource().getLocation();
    URLClassLoader loader = new URLClassLoader(new URL[] {place}, null);
    Runnable application =
        (Runnable)
            Class.forName(Application.class.getName(), true, loader)
                .getDeclaredConstructor()
                .newInstance();
    Thread thread = new Thread(application);
    thread.setContextClassLoader(loader);
    thread.start();
    thread.join();
    application.run();
    loader.close();
    return new WeakReference<>(loader);
  }

  /** Opens, connects, starts; on a thread of its own and on one that stays. */
  public static final class Application implements Runnable {
    @Override
    public void run() {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
        new FileInputStream("/proc/self/environ").close();
        new ProcessBuilder("/bin/true").start().waitFor();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
