package whorl.dist.program;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Prints, opens files, connects, looks names up and starts processes on many threads from its first
 * moment on, while the agent starts and after; reads its environment, which raises an alert. When a
 * file {@code done} appears in the folder that it is given, it ends with status 3.
 */
public final class Busy {
  private static final int THREADS = 8;
  private static final int STATUS = 3;
  private static final int FAILED = 99;
  private static final long LIMIT_NANOS = 100_000_000_000L;
  private static final long PAUSE_MILLIS = 2;

  private final long beginNanos = System.nanoTime();
  private final Path folder;
  private final ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();

  private Busy(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    Busy busy = new Busy(Path.of(arguments[0]));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      threads.add(new Thread(() -> busy.work(number), "busy-" + i));
    }
    for (Thread thread : threads) {
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (Exception failure : busy.failures) {
      failure.printStackTrace();
    }
    System.exit(busy.failures.isEmpty() ? STATUS : FAILED);
  }

  private void work(int number) {
    try {
      for (int turn = 0; !isDone(); turn++) {
        System.out.println("thread " + number + ", turn " + turn);
        files(number);
        socket();
        name();
        if (number == 0) {
          process();
        }
        if (turn % 100 == 0) {
          Thread child = new Thread(() -> System.out.println("one more"), "busy-child");
          child.start();
          child.join();
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (Exception e) {
      failures.add(e);
    }
  }

  private boolean isDone() {
    return Files.exists(folder.resolve("done")) || System.nanoTime() - beginNanos > LIMIT_NANOS;
  }

  private void files(int number) throws IOException {
    Path file = folder.resolve("file-" + number);
    Files.writeString(file, "text");
    try (InputStream in = new FileInputStream(file.toFile())) {
      in.readAllBytes();
    }
    if (!file.toFile().setExecutable(true) || !file.toFile().delete()) {
      throw new IOException(file + " is not there");
    }
    try (InputStream environment = new FileInputStream("/proc/self/environ")) {
      environment.readAllBytes();
    }
  }

  private static void socket() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, loopback);
        Socket client = new Socket(loopback, server.getLocalPort());
        Socket accepted = server.accept()) {
      client.setSoLinger(true, 0); // a reset: thousands of ports would wait for a minute else
      client.getOutputStream().write(1);
      if (accepted.getInputStream().read() != 1) {
        throw new IOException("another byte came");
      }
    }
  }

  private static void name() {
    try {
      InetAddress.getByName("no such name.invalid");
    } catch (UnknownHostException expected) {
      System.err.flush();
    }
  }

  private static void process() throws Exception {
    int status = new ProcessBuilder("/bin/true").start().waitFor();
    if (status != 0) {
      throw new IOException("/bin/true ended with " + status);
    }
  }
}
