package whorl.collector.lake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/** Evidence of a small fleet, in which the questions of docs/lake.md all have answers. */
final class Fleet {
  private static final String SHA256 =
      "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
  private static final List<String> SERVICES = List.of("shop", "pay", "search");

  private final List<EventLine> lines = new ArrayList<>();
  private final Instant begin = Instant.now().minusSeconds(1800);

  private Fleet() {}

  static List<FakeAgent> agents() {
    List<FakeAgent> agents = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      agents.add(agent(i));
    }
    return agents;
  }

  private static FakeAgent agent(int number) {
    FakeAgent agent = new FakeAgent();
    agent.service = SERVICES.get(number % SERVICES.size());
    Fleet fleet = new Fleet();
    for (int i = 0; i < 400; i++) {
      fleet.add(
          "whorl.FileOpen",
          Map.of("path", "/srv/" + i, "access", "read", "created", false),
          "java.nio.file.Files.newInputStream(Files.java:160)");
    }
    fleet.attack(number);
    agent.with("events.ndjson", fleet.text());
    agent.with("alert.json", Json.text(Map.of("alert", agent.alert())));
    agent.with(
        "files.body", "0|/etc/passwd|7|r/rrw-r--r--|0|0|42|1500000000|1300000000|1500000000|0\n");
    return agent;
  }

  private void attack(int number) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("method", "POST");
    request.put("path", "/search");
    request.put("remoteAddress", "203.0.113.9");
    request.put("status", 200);
    add("whorl.HttpRequest", request, "shop.Search.find(Search.java:12)");
    add(
        "whorl.FileOpen",
        Map.of("path", "/proc/self/environ", "access", "read", "created", false),
        "freemarker.core.MethodCall.eval(MethodCall.java:60)");
    add(
        "whorl.ProcessStart",
        Map.of("command", number == 0 ? "sh -c id" : "gs --version", "pid", 77),
        "ognl.Ognl.getValue(Ognl.java:9)\njava.lang.Runtime.exec(Runtime.java:1)");
    add(
        "whorl.SocketConnect",
        Map.of("host", "evil.example", "address", "198.51.100." + number, "port", 443),
        "java.net.Socket.connect(Socket.java:1)");
    add(
        "whorl.ClassDefine",
        Map.of(
            "className",
            number < 2 ? "Shell" : "Proxy" + number,
            "loader",
            "app",
            "origin",
            "",
            "size",
            100,
            "sha256",
            SHA256),
        "java.lang.ClassLoader.defineClass(ClassLoader.java:1)");
  }

  private void add(String type, Map<String, Object> fields, String stack) {
    Map<String, Object> all = new LinkedHashMap<>(fields);
    all.put("request.id", "req-" + lines.size() / 450);
    all.put("request.method", "POST");
    all.put("request.path", "/search");
    all.put("request.remoteAddress", "203.0.113.9");
    lines.add(
        new EventLine(
            lines.size(),
            begin.plusMillis(lines.size()),
            type,
            all,
            "http-1",
            List.of(stack.split("\n"))));
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(Json.text(line)).append('\n'));
    return text.toString();
  }
}
