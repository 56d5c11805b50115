import java.io.FileInputStream;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the applications of the tests have in common: the ways in, and the ends. */
public final class Injected {
  private static final int LIMIT_MILLIS = 20_000;

  private Injected() {}

  /** Defines a class of the folder of shells and makes one, the way an intruder would. */
  static Object make(String how, String name) throws Exception {
    return define(how, name).getDeclaredConstructor().newInstance();
  }

  static Class<?> define(String how, String name) throws Exception {
    byte[] bytes = Files.readAllBytes(Path.of(System.getProperty("shells"), name + ".class"));
    ClassLoader loader = Injected.class.getClassLoader();
    switch (how) {
      case "reflection":
        Method define =
            ClassLoader.class.getDeclaredMethod(
                "defineClass", String.class, byte[].class, int.class, int.class);
        define.setAccessible(true);
        return (Class<?>) define.invoke(loader, name.replace('/', '.'), bytes, 0, bytes.length);
      case "domain":
        Method forged =
            ClassLoader.class.getDeclaredMethod(
                "defineClass",
                String.class,
                byte[].class,
                int.class,
                int.class,
                java.security.ProtectionDomain.class);
        forged.setAccessible(true);
        return (Class<?>)
            forged.invoke(
                loader,
                name.replace('/', '.'),
                bytes,
                0,
                bytes.length,
                Injected.class.getProtectionDomain());
      case "lookup":
        return MethodHandles.lookup().defineClass(bytes);
      case "hidden":
        return MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass();
      case "unsafe":
        Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
        Object unsafe = type.getMethod("getUnsafe").invoke(null);
        return (Class<?>)
            type.getMethod(
                    "defineClass",
                    String.class,
                    byte[].class,
                    int.class,
                    int.class,
                    ClassLoader.class,
                    java.security.ProtectionDomain.class)
                .invoke(unsafe, name, bytes, 0, bytes.length, loader, null);
      default:
        return new ClassLoader(loader) {
          Class<?> define() {
            return defineClass(name.replace('/', '.'), bytes, 0, bytes.length);
          }
        }.define();
    }
  }

  /** The way in: an object comes out of a stream. */
  static void comeIn() throws Exception {
    var bytes = new java.io.ByteArrayOutputStream();
    try (var out = new java.io.ObjectOutputStream(bytes)) {
      out.writeObject(new Letter());
    }
    try (var in =
        new java.io.ObjectInputStream(new java.io.ByteArrayInputStream(bytes.toByteArray()))) {
      in.readObject();
    }
  }

  public static final class Letter implements java.io.Serializable {
    private static final long serialVersionUID = 1;
  }

  /** What an intruder does: a program, a file, a connection. */
  static void carryOn() throws Exception {
    new ProcessBuilder("/bin/true", "carry-on").start().waitFor();
    Files.writeString(Path.of(System.getProperty("shells"), "loot.txt"), "loot");
    try (var server =
            new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        var socket =
            new java.net.Socket(
                java.net.InetAddress.getLoopbackAddress(), server.getLocalPort())) {
      server.accept().close();
    }
  }

  static Object field(Object target, String name) throws Exception {
    for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field.get(target);
        }
      }
    }
    throw new NoSuchFieldException(name);
  }

  static boolean attacked() {
    return Boolean.getBoolean("attacked");
  }

  /** Asks the server; the answer's text. */
  static String get(int port, String path) throws Exception {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    connection.setReadTimeout(LIMIT_MILLIS);
    connection.setConnectTimeout(LIMIT_MILLIS);
    int status = connection.getResponseCode();
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return status + " " + (in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** A connection that stays open until the application ends. */
  static final class Line {
    private final java.net.Socket socket;

    Line(int port) throws Exception {
      socket = new java.net.Socket("127.0.0.1", port);
      socket.setSoTimeout(LIMIT_MILLIS);
    }

    /** Sends a request; what comes back until it ends with, or has, the text expected. */
    void ask(String path, String headers, String expected) throws Exception {
      String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      StringBuilder answer = new StringBuilder();
      byte[] buffer = new byte[8192];
      while (answer.indexOf(expected) < 0) {
        int read = socket.getInputStream().read(buffer);
        if (read < 0) {
          break;
        }
        answer.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
      }
      expect(expected, answer.toString());
    }
  }

  static void expect(String expected, String answer) {
    if (!answer.contains(expected)) {
      System.err.println("expected " + expected + ", not " + answer);
      System.exit(3);
    }
  }

  /** Does what a built-in rule is about, and ends when the evidence is there. */
  static void alertAndWait(String folder) throws Exception {
    try (InputStream in = new FileInputStream("/proc/self/environ")) {
      in.readAllBytes();
    }
    Path done = Path.of(folder, "done");
    while (!Files.exists(done)) {
      Thread.sleep(50);
    }
    System.exit(0);
  }
}
