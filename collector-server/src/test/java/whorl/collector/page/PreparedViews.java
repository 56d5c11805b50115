package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import whorl.collector.heap.read.SmallDump;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.PackagedCollector;
import whorl.collector.testkit.SocketCaller;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Addresses of views that need something first: a hunt, a probe, a case, a heap. */
final class PreparedViews {
  private static final String HISTOGRAM =
      """
       num     #instances         #bytes  class name (module)
      -------------------------------------------------------
         1:           900          43200  com.shop.Order
         2:           100           4800  [B (java.base@17.0.9)
      Total          1000          48000
      """;

  private PreparedViews() {}

  /**
   * Returns the views by their names.
   *
   * @param evidence evidence of the agent
   */
  static Map<String, String> of(PackagedCollector collector, Id agent, Id evidence)
      throws IOException {
    FakeAgent withHeap =
        new FakeAgent()
            .with("heap.hprof.gz", SmallDump.gzip())
            .with("histogram.txt", HISTOGRAM)
            .seal();
    SocketCaller agents =
        new SocketCaller(
            collector.url(), collector.token("agent"), InetAddress.getLoopbackAddress());
    assertThat(withHeap.shipAll(agents).status()).isEqualTo(204);
    String ofCase = post(collector, "/api/v1/cases", Map.of("title", "A shell through /products"));
    call(collector, "PUT", "/api/v1/cases/" + ofCase + "/evidence/" + evidence, Map.of());
    call(
        collector, "POST", "/api/v1/cases/" + ofCase + "/notes", Map.of("text", "It is not ours."));
    String hunt =
        post(
            collector,
            "/api/v1/hunts",
            Map.of("class", Map.of("name", "shop.*"), "reason", "a test"));
    String probe =
        post(
            collector,
            "/api/v1/probes",
            Map.of(
                "target",
                Map.of("agent", agent.value()),
                "class",
                "com.example.Orders",
                "method",
                "find",
                "reason",
                "a test"));
    call(
        collector,
        "PUT",
        "/api/v1/rules/of-views",
        Map.of(
            "target",
            Map.of("service", "shop"),
            "rules",
            "title: A Host\nid: 3e0c7f5a-2f0e-4c55-9b0c-6a4f6f5f8d11\n"
                + "logsource: {product: jvm, category: dns_query}\n"
                + "detection: {a: {host: a.example}, condition: a}\n"));

    Map<String, String> views = new LinkedHashMap<>();
    views.put("hunts", "/hunts");
    views.put("hunt", "/hunts/" + hunt);
    views.put("probes", "/probes?class=com.example.Orders&method=find");
    views.put("probe", "/probes/" + probe);
    views.put("search", "/search?q=" + AttackedShop.INTRUDER);
    views.put("compare", "/evidence/" + evidence + "/compare?with=" + withHeap.evidence);
    views.put("heap", "/evidence/" + withHeap.evidence + "/heap");
    views.put("case", "/cases/" + ofCase);
    views.put("case-timeline", "/cases/" + ofCase + "/timeline?type=whorl.*");
    views.put("tokens", "/tokens");
    views.put("notifications", "/notifications");
    views.put("rule-set", "/rules/sets/of-views");
    views.put("purge", "/evidence/" + withHeap.evidence + "/custody");
    return views;
  }

  /** Opens what a view shows when somebody asks for it. */
  static void open(Browser browser, String view) {
    if (view.equals("heap")) {
      browser.press("main button", "Examine the heap");
      browser.waitFor("Objects that retain most");
    } else if (view.equals("purge")) {
      browser.press("main button", "Purge…");
      assertThat(browser.focused()).isEqualTo("INPUT reason");
    }
  }

  /** Returns the id of what is made. */
  private static String post(PackagedCollector collector, String path, Map<String, Object> body)
      throws IOException {
    return call(collector, "POST", path, body).path("id").asText();
  }

  private static JsonNode call(
      PackagedCollector collector, String method, String path, Map<String, Object> body)
      throws IOException {
    Answer answer =
        new HttpCaller(collector.url(), collector.token("admin"))
            .call(
                method,
                path,
                Map.of("Content-Type", "application/json"),
                Json.text(body).getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).as(answer.text()).isLessThan(300);
    return answer.status() == 204 ? Json.LENIENT.createObjectNode() : answer.json();
  }
}
