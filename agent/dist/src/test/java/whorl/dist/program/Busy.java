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
 * moment on, while the agent starts and after; reads its environment, which raises an alert; then
 * ends with the status it is given.
 */
public final class Busy {
  private static final int THREADS = 8;

  private final Path folder;
  private final long endNanos;
  private final ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();

  private Busy(Path folder, long endNanos) {
    this.folder = folder;
    this.endNanos = endNanos;
  }

  /** Takes a folder, how many seconds it works, and its exit status. */
  public static void main(String[] arguments) throws Exception {
    long seconds = Long.parseLong(arguments[1]);
    Busy busy = new Busy(Path.of(arguments[0]), System.nanoTime() + seconds * 1_000_000_000L);
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
    System.exit(busy.failures.isEmpty() ? Integer.parseInt(arguments[2]) : 99);
  }

  private void work(int number) {
    try {
      for (int turn = 0; turn == 0 || System.nanoTime() < endNanos; turn++) {
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
        Thread.sleep(1);
      }
    } catch (Exception e) {
      failures.add(e);
    }
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
