package whorl.behaviour.starts.program;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What makes the JVM load classes and call what JFR and the agent instrument. */
final class Work {
  private static final int SOCKET_EVERY = 10;

  private final Path folder;

  Work(Path folder) {
    this.folder = folder;
  }

  /** Does a little of all; throws when something comes out otherwise than it should. */
  void turn(String name, int turn) throws IOException, ReflectiveOperationException {
    file(name, turn);
    newClass();
    if (turn % SOCKET_EVERY == 0) {
      socket();
    }
  }

  private void file(String name, int turn) throws IOException {
    Path file = folder.resolve(name + ".txt");
    byte[] text = ("turn " + turn).getBytes(StandardCharsets.UTF_8);
    Files.write(file, text);
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
      byte[] read = new byte[text.length];
      opened.readFully(read);
      if (!new String(read, StandardCharsets.UTF_8).equals("turn " + turn)) {
        throw new IOException(file + " holds something else");
      }
    }
    Files.delete(file);
  }

  /** A class of this name in a loader of its own, so that each turn loads and defines one. */
  private static void newClass() throws IOException, ReflectiveOperationException {
    try (URLClassLoader loader = new URLClassLoader(classPath(), null)) {
      Class<?> loaded = Class.forName(Loaded.class.getName(), true, loader);
      if (loaded == Loaded.class) {
        throw new IllegalStateException("the loader asked its parent");
      }
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(new URL[0]);
  }

  private static void socket() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, loopback);
        Socket client = new Socket(loopback, server.getLocalPort());
        Socket accepted = server.accept()) {
      client.getOutputStream().write('x');
      if (accepted.getInputStream().read() != 'x') {
        throw new IOException("another byte came");
      }
    }
  }

  /** Loaded again and again. */
  static final class Loaded {}
}
