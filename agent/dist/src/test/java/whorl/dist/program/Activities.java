package whorl.dist.program;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Proxy;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import jdk.jfr.FlightRecorder;
import jdk.jfr.RecordingState;

/**
 * Does, once each, what hooks watch, in the folder it is given, as soon as the agent's recording
 * runs; then waits for a file {@code done} there.
 */
public final class Activities {
  /** The shortest commands; of some the end comes before the call that starts them returns. */
  public static final int SHORT_COMMANDS = 40;

  private static final long WAIT_MILLIS = 60_000;

  private final Path folder;

  private Activities(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    Activities activities = new Activities(Path.of(arguments[0]));
    awaitRecording();
    Thread thread = thread(activities);
    thread.start();
    thread.join();
    Signal.await(activities.folder.resolve("done"));
  }

  /** A virtual one where there are any and it is wished for. */
  private static Thread thread(Activities activities) throws ReflectiveOperationException {
    Runnable work = activities::all;
    if (!Boolean.getBoolean("virtual")) {
      return new Thread(work, "activities");
    }
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    Object named = type.getMethod("name", String.class).invoke(builder, "activities");
    return (Thread) type.getMethod("unstarted", Runnable.class).invoke(named, work);
  }

  private void all() {
    try {
      filesOfJavaIo();
      filesOfNio();
      sockets();
      unixDomain();
      datagrams();
      names();
      libraries();
      classes();
      processes();
    } catch (Exception e) {
      e.printStackTrace();
    }
  }

  private void filesOfJavaIo() throws IOException {
    File file = folder.resolve("io.txt").toFile();
    new FileOutputStream(file).close();
    new FileOutputStream(file, true).close();
    new FileInputStream(folder + "/../" + folder.getFileName() + "/io.txt").close();
    new RandomAccessFile(folder.resolve("raf.bin").toFile(), "rw").close();
    try (InputStream in = new FileInputStream("/no/such/file")) {
      throw new IllegalStateException("that was opened: " + in);
    } catch (IOException expected) {
      System.out.println("failed as it should");
    }
    File.createTempFile("temp", ".txt", folder.toFile());
    require(file.setExecutable(true, true));
    require(file.renameTo(folder.resolve("io2.txt").toFile()));
    require(folder.resolve("io2.txt").toFile().delete());
  }

  private void filesOfNio() throws IOException {
    Path file = folder.resolve("nio.txt");
    Files.writeString(file, "text");
    Files.readString(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(folder.resolve("soft"), Path.of("nio.txt"));
    Files.createLink(folder.resolve("hard"), file);
    Files.move(file, folder.resolve("nio2.txt"));
    Files.delete(folder.resolve("nio2.txt"));
  }

  private static void sockets() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket("localhost", server.getLocalPort());
        Socket accepted = server.accept()) {
      require(accepted.isConnected() && client.isConnected());
    }
    try (ServerSocketChannel server =
            ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept()) {
      require(accepted.isConnected() && client.isConnected());
    }
  }

  private void unixDomain() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      SocketChannel.open(address).close();
    }
  }

  private static void datagrams() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(new DatagramPacket(new byte[1], 1, loopback, 9));
      socket.send(new DatagramPacket(new byte[1], 1, loopback, 9));
    }
  }

  /** One that is not there. */
  private static void libraries() {
    try {
      System.load("/opt/libabsent.so");
      throw new IllegalStateException("that was loaded");
    } catch (UnsatisfiedLinkError expected) {
      System.out.println("no library as it should be");
    }
  }

  private static void names() {
    try {
      InetAddress.getByName("no-such-host.invalid");
    } catch (UnknownHostException expected) {
      System.out.println("unknown as it should be");
    }
    Object looked;
    try {
      looked = new javax.naming.InitialContext().lookup("ldap://127.0.0.1:9/x");
    } catch (javax.naming.NamingException expected) {
      looked = null;
    }
    require(looked == null);
  }

  private static void classes() throws Exception {
    byte[] bytes;
    try (InputStream in = Made.class.getResourceAsStream("Activities$Made.class")) {
      bytes = in.readAllBytes();
    }
    new ByteLoader().define(bytes);
    MethodHandles.lookup().defineHiddenClass(bytes, false);
    Proxy.newProxyInstance(
        Activities.class.getClassLoader(),
        new Class<?>[] {Runnable.class},
        (proxy, method, arguments) -> null);
  }

  private static void processes() throws Exception {
    new ProcessBuilder("/bin/true", "argument").start().waitFor();
    for (int i = 0; i < SHORT_COMMANDS; i++) {
      new ProcessBuilder("/bin/true", "short").start().waitFor();
    }
    try {
      Runtime.getRuntime().exec(new String[] {"/no/such/program"});
    } catch (IOException expected) {
      System.out.println("no program as it should be");
    }
  }

  static void awaitRecording() throws InterruptedException {
    long end = System.currentTimeMillis() + WAIT_MILLIS;
    while (!FlightRecorder.isInitialized()
        || FlightRecorder.getFlightRecorder().getRecordings().stream()
            .noneMatch(one -> one.getState() == RecordingState.RUNNING)) {
      require(System.currentTimeMillis() < end);
      Thread.sleep(50);
    }
    // The event types are written to once the recording is known to be on.
    Thread.sleep(500);
  }

  /** Until all stages are connected, which the thread whorl-start does. */
  static void awaitAgent() throws InterruptedException {
    awaitRecording();
    awaitEndOf("whorl-start");
  }

  static void awaitEndOf(String name) throws InterruptedException {
    long end = System.currentTimeMillis() + WAIT_MILLIS;
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(name))) {
      require(System.currentTimeMillis() < end);
      Thread.sleep(50);
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("that did not work");
    }
  }

  /** The class that is redefined. */
  static final class Made {}

  private static final class ByteLoader extends ClassLoader {
    Class<?> define(byte[] bytes) {
      return defineClass(null, bytes, 0, bytes.length);
    }
  }
}
