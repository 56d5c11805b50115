package whorl.dist.program;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Logger;

/**
 * Writes to its console in every way, then starts what raises an alert. Its output goes on a file,
 * so it may say a lot.
 */
public final class Talker {
  private Talker() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Activities.awaitRecording();
    if (Boolean.getBoolean("flood")) {
      flood();
    } else {
      talk(folder);
    }
    try {
      Process started = new ProcessBuilder("/no/such/sh", "-c", "id").start();
      throw new IllegalStateException("that was started: " + started);
    } catch (IOException expected) {
      System.out.println("the last line");
    }
    Signal.await(folder.resolve("done"));
  }

  private static void flood() {
    for (int i = 0; i < 1_000_000; i++) {
      System.out.println("line " + i);
    }
  }

  private static void talk(Path folder) throws Exception {
    PrintStream original = System.out;
    System.out.println("by println password=hunter2");
    System.out.print("by print, ");
    System.err.println("by System.err");
    System.out.print("piece by piece");
    System.out.println();
    System.out.write('w');
    System.out.write('\n');
    System.out.flush();
    Logger.getLogger("talker").info("by java.util.logging");
    try (PrintStream file = new PrintStream(new FileOutputStream(folder.resolve("o").toFile()))) {
      System.setOut(file);
      System.out.println("not on the console");
      original.println("by the stream it was before");
    }
    System.setOut(
        new PrintStream(new BufferedOutputStream(original), true, StandardCharsets.UTF_8));
    System.out.println("by a stream of its own, grün");
    System.setOut(original);
    // Not closed: that would close standard output.
    FileOutputStream direct = new FileOutputStream(FileDescriptor.out);
    direct.write("by a file stream\n".getBytes(StandardCharsets.UTF_8));
    FileChannel channel = direct.getChannel();
    ByteBuffer buffer = StandardCharsets.UTF_8.encode("by a channel\n");
    while (buffer.hasRemaining()) {
      int unused = channel.write(buffer);
    }
    Thread other = thread(() -> System.out.println("by another thread"));
    other.start();
    other.join();
  }

  private static Thread thread(Runnable work) throws ReflectiveOperationException {
    if (!Boolean.getBoolean("virtual")) {
      return new Thread(work, "talker");
    }
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    Object named = type.getMethod("name", String.class).invoke(builder, "talker");
    return (Thread) type.getMethod("unstarted", Runnable.class).invoke(named, work);
  }
}
