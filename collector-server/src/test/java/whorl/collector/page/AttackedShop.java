package whorl.collector.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/**
 * The events of an agent in a shop through which an intruder has just run a shell, and the
 * artifacts of a capture. Some texts are the intruder's: the page must show them and never run
 * them.
 */
final class AttackedShop {
  static final String COMMAND = "/bin/sh -c id";
  static final String INTRUDER = "203.0.113.66";
  static final String REQUEST = "5a3e-2";
  static final String RULE = "a1b2c3d4-0000-4000-8000-000000000001";

  /** A request's query with markup, and with a character that reverses the rest of the line. */
  static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\"> \u202Egnp.exe";

  private static final String WORKER = "http-nio-8080-exec-5";
  private static final List<String> STACK =
      List.of(
          "java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143)",
          "org.springframework.expression.Promo.run(Promo.java:36)",
          "com.example.shop.ProductsController.products(ProductsController.java:62)",
          "java.base/java.lang.Thread.run(Thread.java:840)");

  private final Instant start;
  private final List<EventLine> events = new ArrayList<>();
  private final Digest made;
  private final byte[] madeBytes;
  private byte @Nullable [] recording;

  /**
   * @param now when the capture begins; the attack is some seconds earlier
   */
  AttackedShop(Instant now) throws IOException {
    start = now.minusSeconds(20);
    madeBytes = classBytes();
    made = Digest.of(madeBytes);
    IntStream.range(0, 400)
        .forEach(i -> add(i * 20, "whorl.ClassLoad", "main", Map.of("className", "app.C" + i)));
    read();
    run();
  }

  private void read() {
    Map<String, Object> request = request("5a3e-1", "/invoices/view");
    add(12_000, "whorl.FileOpen", WORKER, and(request, "path", "/proc/self/environ"), STACK);
    add(
        12_040,
        "whorl.HttpRequest",
        WORKER,
        and(answered(request, 200), "query", "file=../../proc/self/environ&" + HOSTILE),
        List.of());
  }

  private void run() {
    Map<String, Object> request = request(REQUEST, "/products");
    add(
        13_000,
        "whorl.ScriptEval",
        WORKER,
        and(request, "source", "T(java.lang.Runtime).getRuntime()"),
        STACK);
    Map<String, Object> defined =
        and(and(request, "className", "org.springframework.expression.Promo"), "origin", "lookup");
    add(13_100, "whorl.ClassDefine", WORKER, and(defined, "sha256", made.hex()), STACK);
    add(13_200, "whorl.FileMode", WORKER, and(request, "path", "/dev/shm/promo.sh"), STACK);
    add(13_300, "whorl.SocketConnect", WORKER, and(request, "host", "c2.example.net"), STACK);
    Map<String, Object> process = and(and(request, "command", COMMAND), "pid", 5592);
    add(13_400, "whorl.ProcessStart", WORKER, process, STACK);
    add(13_450, "whorl.ProcessExit", "process reaper", Map.of("pid", 5592, "exitCode", 0));
    add(13_500, "whorl.HttpRequest", WORKER, answered(request, 200), List.of());
    add(13_900, "whorl.HttpRequest", WORKER, answered(request("5a3e-3", "/healthz"), 200));
  }

  List<EventLine> events() {
    return List.copyOf(events);
  }

  Alert alert(Id id) {
    EventLine process =
        events.stream()
            .filter(e -> e.type().equals("whorl.ProcessStart"))
            .findFirst()
            .orElseThrow();
    return new Alert(
        id,
        "whorl",
        process.time(),
        RULE,
        Level.CRITICAL,
        "Shell Started by the Application",
        "A request to the application started a shell. " + HOSTILE,
        List.of("attack.execution", "attack.t1059.004"),
        process.fields(),
        process.thread(),
        process.stack());
  }

  /** Uses this recording for the artifacts instead of one of this JVM. */
  AttackedShop withRecording(byte[] recording) {
    this.recording = recording;
    return this;
  }

  /**
   * Returns the artifacts by name. The recording is a real one of this JVM, unless another is set.
   */
  Map<String, byte[]> artifacts(Path folder) throws IOException {
    Map<String, byte[]> artifacts = new LinkedHashMap<>();
    artifacts.put("recording.jfr", recording == null ? recording(folder) : recording);
    artifacts.put("events.ndjson", lines(events));
    artifacts.put("threads.json", Json.bytes(threads()));
    artifacts.put(
        "threads.txt", ascii("\"main\" #1 prio=5\n   java.lang.Thread.State: RUNNABLE\n"));
    artifacts.put("classes.ndjson", lines(classes()));
    artifacts.put("classes/" + made.hex() + ".class", madeBytes);
    artifacts.put("libraries.cdx.json", Json.bytes(libraries()));
    artifacts.put("process.json", Json.bytes(process()));
    artifacts.put("network.ndjson", lines(connections()));
    artifacts.put("fds.ndjson", lines(List.of(descriptor(3, "/dev/shm/promo.sh"))));
    byte[] kept = ascii("#!/bin/sh\nid\n");
    artifacts.put("files/" + Digest.of(kept).hex(), kept);
    artifacts.put("files.ndjson", lines(List.of(file(kept))));
    artifacts.put("files.body", ascii(body()));
    artifacts.put("registrations.ndjson", lines(List.of(registration(), filter())));
    artifacts.put("console.log", console());
    artifacts.put("acquisition.log", ascii("# acquisition log\n" + start + " threads: 3\n"));
    return artifacts;
  }

  private static Map<String, Object> libraries() {
    Map<String, Object> inner =
        library(
            "org.apache.logging.log4j",
            "log4j-core",
            "2.14.1",
            "/app/shop.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar",
            "other");
    Map<String, Object> outer =
        new LinkedHashMap<>(library("shop", "shop", "0.1.0", "/app/shop.jar", "app"));
    outer.put("components", List.of(inner));
    return Map.of(
        "bomFormat",
        "CycloneDX",
        "specVersion",
        "1.6",
        "metadata",
        Map.of("properties", List.of(Map.of("name", "whorl:complete", "value", "true"))),
        "components",
        List.of(outer, library("com.example", "unused", "1.0", "/app/lib/unused-1.0.jar", "no")));
  }

  private static Map<String, Object> library(
      String group, String name, String version, String path, String loaded) {
    return Map.of(
        "type",
        "library",
        "group",
        group,
        "name",
        name,
        "version",
        version,
        "hashes",
        List.of(Map.of("alg", "SHA-256", "content", Digest.of(Json.bytes(name)).hex())),
        "properties",
        List.of(
            Map.of("name", "whorl:path", "value", path),
            Map.of("name", "whorl:kind", "value", "jar"),
            Map.of("name", "whorl:from", "value", "pom"),
            Map.of("name", "whorl:loaded", "value", loaded)));
  }

  private void add(long millis, String type, String thread, Map<String, Object> fields) {
    add(millis, type, thread, fields, List.of());
  }

  private void add(
      long millis, String type, String thread, Map<String, Object> fields, List<String> stack) {
    events.add(new EventLine(events.size(), start.plusMillis(millis), type, fields, thread, stack));
  }

  private static Map<String, Object> request(String id, String path) {
    return Map.of(
        "request.id", id,
        "request.method", "GET",
        "request.path", path,
        "request.remoteAddress", INTRUDER);
  }

  private static Map<String, Object> answered(Map<String, Object> request, int status) {
    Map<String, Object> fields = new LinkedHashMap<>(request);
    fields.put("method", "GET");
    fields.put("path", request.get("request.path"));
    fields.put("remoteAddress", INTRUDER);
    fields.put("status", status);
    return fields;
  }

  private static Map<String, Object> and(Map<String, Object> some, String name, Object value) {
    Map<String, Object> all = new LinkedHashMap<>(some);
    all.put(name, value);
    return all;
  }

  private static byte[] recording(Path folder) throws IOException {
    Path file = folder.resolve("made.jfr");
    try (Recording running = new Recording()) {
      running.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
      running.enable("jdk.JVMInformation");
      for (String often : List.of("jdk.CPULoad", "jdk.JavaThreadStatistics")) {
        running.enable(often).withPeriod(Duration.ofMillis(50));
      }
      running.start();
      long end = System.nanoTime() + Duration.ofMillis(400).toNanos();
      double busy = 0;
      while (System.nanoTime() < end) {
        busy += Math.sin(busy + 1);
      }
      running.stop();
      running.dump(file);
      if (Double.isNaN(busy)) {
        throw new AssertionError("the loop is not left out");
      }
    }
    return Files.readAllBytes(file);
  }

  private static Map<String, Object> threads() {
    return Map.of(
        "version",
        1,
        "threads",
        List.of(
            thread(1, "main", "RUNNABLE", List.of("com.example.shop.Shop.main(Shop.java:9)")),
            thread(7, "idle", "WAITING", List.of("java.base/java.lang.Object.wait(Object.java)")),
            thread(9, WORKER, "RUNNABLE", STACK),
            thread(20, "whorl-upkeep", "WAITING", List.of("whorl.agent.Upkeep.run(Upkeep.java:1)")),
            thread(21, "whorl-hidden", "RUNNABLE", List.of("evil.Beacon.run(Beacon.java:1)"))));
  }

  private static Map<String, Object> thread(
      int id, String name, String state, List<String> frames) {
    return Map.of(
        "id",
        id,
        "name",
        name,
        "state",
        state,
        "cpuMillis",
        12,
        "frames",
        frames.stream().map(frame -> Map.of("at", frame)).toList());
  }

  private List<Map<String, Object>> classes() {
    Map<String, Object> promo = new LinkedHashMap<>();
    promo.put("name", "org.springframework.expression.Promo");
    promo.put("loader", "app");
    promo.put("superclass", "java.lang.Object");
    promo.put("interfaces", List.of());
    promo.put("modifiers", "public final");
    promo.put("hidden", false);
    promo.put("sha256", made.hex());
    promo.put("keptBytes", List.of(made.hex()));
    promo.put("origin", "lookup");
    promo.put("definedAt", start.plusMillis(13_100).toString());
    promo.put("request", REQUEST);
    promo.put(
        "findings",
        List.of(Map.of("kind", "made-class", "severity", "medium", "reason", "it is in no jar")));
    return List.of(Map.of("name", "java.lang.Object", "loader", "boot"), promo);
  }

  private Map<String, Object> process() {
    return Map.of(
        "version", 1,
        "time", start.toString(),
        "pid", 1,
        "startedAt", start.toString(),
        "commandLine", List.of("java", "-jar", "shop.jar"),
        "environment", Map.of("DB_PASSWORD", "(masked)", "HOME", "/home/shop"));
  }

  private static List<Map<String, Object>> connections() {
    return List.of(
        connection("LISTEN", "0.0.0.0", 0, List.of(19)),
        connection("ESTABLISHED", INTRUDER, 4444, List.of(20)),
        connection("TIME_WAIT", "10.0.0.9", 5432, List.of()));
  }

  private static Map<String, Object> connection(
      String state, String remote, int port, List<Integer> descriptors) {
    return Map.of(
        "protocol", "tcp",
        "state", state,
        "localAddress", "10.0.0.5",
        "localPort", 8080,
        "remoteAddress", remote,
        "remotePort", port,
        "fds", descriptors);
  }

  private static Map<String, Object> descriptor(int number, String target) {
    return Map.of("fd", number, "type", "file", "target", target, "deleted", true);
  }

  private Map<String, Object> file(byte[] kept) {
    return Map.of(
        "path",
        "/dev/shm/promo.sh",
        "why",
        "changed",
        "sha256",
        Digest.of(kept).hex(),
        "size",
        kept.length,
        "kept",
        true,
        "mode",
        "r/rrwxr-xr-x",
        "modified",
        start.plusMillis(13_200).toString());
  }

  private String body() {
    long second = start.getEpochSecond() + 13;
    return "0|/dev/shm/promo.sh|12|r/rrwxr-xr-x|0|0|13|"
        + second
        + "|"
        + second
        + "|"
        + second
        + "|0\n0|/etc/hosts|13|r/rrw-r--r--|0|0|170|1700000000|1700000000|1700000000|0\n";
  }

  private static Map<String, Object> registration() {
    return Map.of("kind", "filter", "className", "app.LogFilter", "loader", "app", "target", "/*");
  }

  /** Returns a filter with names as long as Tomcat's. */
  private static Map<String, Object> filter() {
    Map<String, Object> filter = new LinkedHashMap<>();
    filter.put("kind", "filter");
    filter.put("className", "org.springframework.boot.web.servlet.filter.OrderedFormContentFilter");
    filter.put("loader", "app");
    filter.put("target", "/products/administration/* REQUEST FORWARD INCLUDE");
    filter.put(
        "container",
        "StandardEngine[Tomcat].StandardHost[localhost].TomcatEmbeddedContext[/shop/storefront]");
    filter.put("codeSource", "jar:file:/app/shop.jar!/BOOT-INF/lib/spring-boot-servlet-3.5.4.jar");
    return filter;
  }

  private byte[] console() {
    return (start
            + "\tout\tmain\tShop started\n"
            + start
            + "\terr\t"
            + WORKER
            + "\t"
            + HOSTILE
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] classBytes() throws IOException {
    try (InputStream in = AttackedShop.class.getResourceAsStream("AttackedShop.class")) {
      return in.readAllBytes();
    }
  }

  private static byte[] lines(Collection<?> values) {
    return values.stream()
        .map(value -> new String(Json.bytes(value), StandardCharsets.UTF_8) + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
