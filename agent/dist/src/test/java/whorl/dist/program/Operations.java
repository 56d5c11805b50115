package whorl.dist.program;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What an intruder who hides does with files and sockets: each operation once on a request's thread
 * and once on a thread that the request started, each in a folder of its own.
 */
public final class Operations {
  private static final String KEY = "tls.key";

  private final Path folder;
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  /** One row. */
  private interface Operation {
    void run() throws Exception;
  }

  private Operations(Path folder) {
    this.folder = folder;
    files();
    changes();
    probes();
    sockets();
  }

  /** {@code arguments[0]}: an empty folder. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Activities.awaitAgent();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> serve(exchange, folder));
    server.start();
    for (String where : new String[] {"own", "started"}) {
      URL url = new URL("http://127.0.0.1:" + server.getAddress().getPort() + "/" + where);
      try (InputStream answer = url.openStream()) {
        System.out.println(new String(answer.readAllBytes()));
      }
      // A rule alerts at most ten times a second, over all requests.
      Thread.sleep(1_100);
    }
    Signal.await(folder.resolve("done"));
    Runtime.getRuntime().halt(0);
  }

  private static void serve(HttpExchange exchange, Path folder) throws IOException {
    String where = exchange.getRequestURI().getPath().substring(1);
    Operations operations = new Operations(Files.createDirectories(folder.resolve(where)));
    if (where.equals("own")) {
      operations.all();
    } else {
      Thread thread = new Thread(operations::all, "started");
      thread.start();
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    exchange.sendResponseHeaders(200, 2);
    exchange.getResponseBody().write(new byte[] {'o', 'k'});
    exchange.close();
  }

  private void all() {
    operations.forEach(
        (name, operation) -> {
          try {
            operation.run();
          } catch (Throwable e) {
            System.out.println("failed " + name + ": " + e);
          }
        });
  }

  private Path at(String name) {
    return folder.resolve(name);
  }

  private static void read(String path) throws IOException {
    try (InputStream in = new FileInputStream(path)) {
      in.read();
    }
  }

  private void files() {
    operations.put("climb through a link of the system", () -> read("/dev/fd/../environ"));
    operations.put(
        "another name of the own process",
        () -> Files.newInputStream(Path.of("/proc/thread-self/environ")).close());
    operations.put("climb in nio", () -> Files.readAllBytes(Path.of("/dev/fd/../maps")));
    operations.put(
        "relative path",
        () -> read("../".repeat(Path.of("").toAbsolutePath().getNameCount()) + "etc/passwd"));
    operations.put(
        "symbolic link of the own making",
        () -> {
          Files.createSymbolicLink(at("innocent.txt"), Path.of("/etc/passwd"));
          read(at("innocent.txt").toString());
          Files.delete(at("innocent.txt"));
        });
    operations.put(
        "link that another program made",
        () -> {
          new ProcessBuilder("/bin/ln", "-s", "/etc/passwd", at("foreign.txt").toString())
              .start()
              .waitFor();
          Files.readString(at("foreign.txt"));
          Files.delete(at("foreign.txt"));
        });
    operations.put(
        "key by its descriptor",
        () -> {
          Files.writeString(at(KEY), "key");
          try (InputStream key = new FileInputStream(at(KEY).toString())) {
            read("/proc/self/fd/" + descriptor(at(KEY)));
            read("/dev/fd/" + descriptor(at(KEY)));
          }
        });
    operations.put(
        "hard link",
        () -> {
          Files.createLink(at("hard.txt"), at(KEY));
          read(at("hard.txt").toString());
        });
    operations.put(
        "symbolic link with the name of a former hard link",
        () -> {
          Files.createLink(at("reused.txt"), at(KEY));
          Files.delete(at("reused.txt"));
          Files.createSymbolicLink(at("reused.txt"), Path.of("/etc/passwd"));
          read(at("reused.txt").toString());
        });
    operations.put(
        "file whose name lies",
        () -> {
          Files.writeString(at("victim.txt"), "text");
          new Liar(at("victim.txt").toString()).delete();
        });
    operations.put("list", () -> new File("/etc").list());
    operations.put(
        "native open",
        () ->
            trusted()
                .findVirtual(
                    FileInputStream.class,
                    "open0",
                    MethodType.methodType(void.class, String.class)));
    operations.put(
        "native open of java.nio", () -> unreflect("sun.nio.fs.UnixNativeDispatcher", "open0"));
    operations.put("native definition", () -> unreflect("java.lang.ClassLoader", "defineClass0"));
  }

  private static MethodHandles.Lookup trusted() throws ReflectiveOperationException {
    Field trusted = MethodHandles.Lookup.class.getDeclaredField("IMPL_LOOKUP");
    trusted.setAccessible(true);
    return (MethodHandles.Lookup) trusted.get(null);
  }

  private static void unreflect(String type, String name) throws ReflectiveOperationException {
    for (Method method : Class.forName(type).getDeclaredMethods()) {
      if (method.getName().equals(name)) {
        trusted().unreflect(method);
        return;
      }
    }
    throw new NoSuchMethodException(type + "." + name);
  }

  /** Which descriptor of this process leads to the file. */
  private static String descriptor(Path file) throws IOException {
    for (String name : new File("/proc/self/fd").list()) {
      try {
        if (Files.readSymbolicLink(Path.of("/proc/self/fd", name)).equals(file.toRealPath())) {
          return name;
        }
      } catch (FileSystemException gone) {
        continue;
      }
    }
    throw new IOException("not open: " + file);
  }

  private void changes() {
    operations.put("mkdir", () -> at("made").toFile().mkdir());
    operations.put("createDirectory", () -> Files.createDirectory(at("made2")));
    operations.put(
        "setLastModified",
        () -> {
          Files.writeString(at("old.txt"), "text");
          at("old.txt").toFile().setLastModified(1_000_000);
        });
    operations.put(
        "setLastModifiedTime",
        () -> {
          Files.writeString(at("old2.txt"), "text");
          Files.setLastModifiedTime(at("old2.txt"), FileTime.from(1000, TimeUnit.SECONDS));
        });
    operations.put(
        "setOwner",
        () -> {
          Files.writeString(at("owned.txt"), "text");
          Files.setOwner(at("owned.txt"), Files.getOwner(at("owned.txt")));
        });
    operations.put(
        "extended attribute",
        () ->
            Files.getFileAttributeView(at("owned.txt"), UserDefinedFileAttributeView.class)
                .write("note", ByteBuffer.wrap(new byte[1])));
    operations.put("deleteOnExit", () -> at("late.txt").toFile().deleteOnExit());
    operations.put(
        "mode without following links",
        () -> {
          Files.writeString(at("tool"), "text");
          Files.getFileAttributeView(
                  at("tool"), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .setPermissions(PosixFilePermissions.fromString("rwx------"));
        });
    operations.put(
        "mode from the start",
        () ->
            Files.createFile(
                at("tool2"),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------"))));
    operations.put(
        "mode of a folder",
        () -> {
          Files.createDirectory(at("folder"));
          at("folder").toFile().setExecutable(true, false);
          Files.setPosixFilePermissions(at("folder"), PosixFilePermissions.fromString("rwxr-xr-x"));
        });
    operations.put("copy of an executable", () -> Files.copy(Path.of("/bin/true"), at("copied")));
  }

  private void probes() {
    operations.put("File.exists", () -> new File("/etc/shadow").exists());
    operations.put("File.length", () -> new File("/etc/shadow").length());
    operations.put("Files.exists", () -> Files.exists(Path.of("/etc/gshadow")));
    operations.put(
        "Files.readAttributes",
        () -> Files.readAttributes(Path.of("/etc/shadow"), BasicFileAttributes.class));
    operations.put("look-up of nothing", () -> at("nothing.txt").toFile().isFile());
  }

  private void sockets() {
    operations.put(
        "asynchronous accept",
        () -> {
          try (AsynchronousServerSocketChannel server =
                  AsynchronousServerSocketChannel.open()
                      .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
              SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
            server.accept().get(10, TimeUnit.SECONDS).close();
          }
        });
    operations.put(
        "isReachable", () -> InetAddress.getByAddress(new byte[] {127, 0, 0, 3}).isReachable(200));
    operations.put(
        "name of an address",
        () -> InetAddress.getByAddress(new byte[] {127, 0, 0, 4}).getHostName());
    operations.put(
        "datagrams whose targets have one hash",
        () -> {
          try (DatagramChannel channel = DatagramChannel.open()) {
            channel.send(ByteBuffer.allocate(1), new InetSocketAddress("127.0.0.2", 9100));
            channel.send(ByteBuffer.allocate(1), new InetSocketAddress("127.0.0.1", 9131));
          }
          try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(
                new DatagramPacket(new byte[1], 1, InetAddress.getByName("127.0.0.5"), 9100));
          }
        });
  }

  /** Says another name than it has, and would do more if it were asked. */
  private static final class Liar extends File {
    private static final long serialVersionUID = 1;

    Liar(String path) {
      super(path);
    }

    @Override
    public String toString() {
      System.out.println("failed: toString was called");
      return "/tmp/innocent";
    }
  }
}
