package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.alerts.AlertRig.payload;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.channel.CollectorMessage.StartCapture;

/** What each kind of webhook says: whom it names, and what it asks for. */
class DialectsTest {
  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private AlertRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new AlertRig(folder, time);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  @Test
  void falco_byPod_startsACapture_andIsStored() throws IOException {
    Wire other = rig.fleet.connect(agent(1));
    Wire named = rig.fleet.connect(agent(2));

    JsonNode answer = rig.posted("falco", payload("falco.json"));

    assertThat(answer.get("captures")).hasSize(1);
    assertThat(answer.get("captures").get(0).get("agent").asText()).isEqualTo("agent-00000002");
    assertThat(other.captureRequests()).isEmpty();
    StartCapture order = named.captureRequests().get(0);
    assertThat(order.artifacts()).isEmpty();
    assertThat(order.reason()).contains("Sensitive file opened");
    assertThat(order.alert().rule()).isEqualTo("Read sensitive file untrusted");
    assertThat(order.alert().level()).isEqualTo(Level.MEDIUM);
    assertThat(order.alert().tags()).contains("T1555", "mitre_credential_access");
    assertThat(order.alert().time()).isEqualTo("2026-11-24T10:00:01.347416068Z");
    assertThat(order.alert().fields())
        .containsEntry("fd.name", "/etc/shadow")
        .containsEntry("user.uid", 65532)
        .doesNotContainKey("container.image.tag");
    JsonNode kept = rig.listed().get(0);
    assertThat(kept.get("id")).isEqualTo(answer.get("alert"));
    assertThat(kept.get("source").asText()).isEqualTo("falco");
    assertThat(kept.get("agent").asText()).isEqualTo("agent-00000002");
    assertThat(kept.get("capture")).isEqualTo(answer.get("captures").get(0).get("id"));
    assertThat(kept.get("notCaptured").isNull()).isTrue();
  }

  @Test
  void falco_byTwelveDigitsOfTheContainerId_startsACapture() throws IOException {
    rig.fleet.connect(agent(1));
    Wire named = rig.fleet.connect(agent(2));
    ObjectNode alert = falco();
    ObjectNode fields = (ObjectNode) alert.get("output_fields");
    fields.putNull("k8s.ns.name").put("k8s.pod.name", "<NA>");

    rig.post("falco", alert.toString());
    assertThat(named.captureRequests()).hasSize(1);
  }

  @Test
  void falco_podUid_takesPrecedence() throws IOException {
    Wire byUid = rig.fleet.connect(agent(1));
    Wire byName = rig.fleet.connect(agent(2));
    ObjectNode alert = falco();
    ((ObjectNode) alert.get("output_fields")).put("k8s.pod.uid", agent(1).podUid());

    rig.post("falco", alert.toString());
    assertThat(byUid.captureRequests()).hasSize(1);
    assertThat(byName.captureRequests()).isEmpty();
  }

  @Test
  void falco_byHost_onlyWithoutPodAndContainer() throws IOException {
    Wire neighbour = rig.fleet.connect(agent(12));
    assertThat(neighbour.identity.host()).isEqualTo("node-2");
    assertThat(rig.posted("falco", payload("falco.json")).get("notCaptured").asText())
        .contains("pod shop-00000002");
    assertThat(neighbour.captureRequests()).isEmpty();

    ObjectNode alert = falco();
    ObjectNode fields = (ObjectNode) alert.get("output_fields");
    fields.put("container.id", "host").remove("k8s.ns.name");
    fields.remove("k8s.pod.name");
    rig.post("falco", alert.toString());
    assertThat(neighbour.captureRequests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "Emergency,critical",
    "Alert,critical",
    "Critical,critical",
    "Error,high",
    "Warning,medium",
    "Notice,low",
    "Informational,informational",
    "Debug,informational",
    "Unheard-of,medium"
  })
  void falcoPriority_isMappedToALevel(String priority, String level) throws IOException {
    rig.fleet.connect(agent(2));
    rig.post("falco", falco().put("priority", priority).toString());
    assertThat(rig.listed().get(0).get("level").asText()).isEqualTo(level);
  }

  @Test
  void alertmanager_firingStartsACapture_resolvedIsOnlyStored() throws IOException {
    Wire firing = rig.fleet.connect(agent(1));
    Wire resolved = rig.fleet.connect(agent(2));

    JsonNode answer = rig.posted("alertmanager", payload("alertmanager.json"));

    assertThat(answer.get("captures")).hasSize(1);
    assertThat(answer.get("alerts")).hasSize(2);
    assertThat(firing.captureRequests().get(0).reason()).isEqualTo("Unusual outbound traffic");
    assertThat(firing.captureRequests().get(0).alert().level()).isEqualTo(Level.CRITICAL);
    assertThat(resolved.captureRequests()).isEmpty();
    JsonNode kept = rig.listed().get(0);
    assertThat(kept.get("fields").get("status").asText()).isEqualTo("resolved");
    assertThat(kept.get("time").asText()).isEqualTo("2026-11-24T09:58:00Z");
    assertThat(kept.get("notCaptured").asText()).contains("over");
  }

  @Test
  void alertmanager_onlyResolved_gets202_andStartsNothing() throws IOException {
    Wire wire = rig.fleet.connect(agent(2));
    ObjectNode group = (ObjectNode) Json.LENIENT.readTree(payload("alertmanager.json"));
    ((ArrayNode) group.get("alerts")).remove(0);
    group.put("status", "resolved");

    assertThat(rig.post("alertmanager", group.toString()).status()).isEqualTo(202);
    assertThat(wire.captureRequests()).isEmpty();
    assertThat(rig.listed()).hasSize(1);
  }

  @Test
  void alertmanager_byServiceAndByContainerId_startsACapture() throws IOException {
    Wire shop = rig.fleet.connect(agent(1));
    Wire cart = rig.fleet.connect(agent(3, "cart", "prod"));
    rig.post(
        "alertmanager",
        "{\"version\":\"4\",\"alerts\":[{\"labels\":{\"alertname\":\"A\",\"service\":\"cart\","
            + "\"namespace\":\"prod\"}}]}");
    rig.post(
        "alertmanager",
        "{\"version\":\"4\",\"alerts\":[{\"labels\":{\"alertname\":\"B\","
            + "\"container_id\":\"containerd://"
            + agent(1).container()
            + "\"}}]}");
    assertThat(cart.captureRequests()).hasSize(1);
    assertThat(shop.captureRequests()).hasSize(1);
  }

  @Test
  void alertmanager_exportedLabels_takePrecedenceOverTheExportersLabels() throws IOException {
    Wire exporter = rig.fleet.connect(agent(1));
    Wire target = rig.fleet.connect(agent(2));
    rig.post(
        "alertmanager",
        "{\"version\":\"4\",\"alerts\":[{\"labels\":{\"alertname\":\"A\","
            + "\"pod\":\"shop-00000001\",\"exported_pod\":\"shop-00000002\"}}]}");
    assertThat(target.captureRequests()).hasSize(1);
    assertThat(exporter.captureRequests()).isEmpty();
  }

  @Test
  void cloudEvent_subject_isUsedOnlyWithoutOtherPlaces() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    ObjectNode event = (ObjectNode) Json.LENIENT.readTree(payload("cloudevent.json"));
    event.put("subject", "images/nginx").put("service", "shop");
    FakeRequest.post("/api/v1/alerts/cloudevents", event.toString())
        .with("Content-Type", "application/cloudevents+json")
        .to(rig.routes);
    assertThat(wire.captureRequests()).hasSize(1);
  }

  @Test
  void alertmanager_alertThatCameFromHere_isLeftOut() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    String sent =
        "{\"version\":\"4\",\"alerts\":[{\"status\":\"firing\",\"labels\":{"
            + "\"alertname\":\"WhorlAlert\",\"source\":\"whorl\",\"level\":\"high\","
            + "\"severity\":\"warning\",\"group\":\"0193\",\"service\":\"shop\"}}]}";

    assertThat(rig.posted("alertmanager", sent).get("captures")).isEmpty();
    assertThat(rig.listed()).isEmpty();
    assertThat(wire.captureRequests()).isEmpty();

    rig.post("alertmanager", sent.replace("\"whorl\"", "\"another\""));
    assertThat(rig.listed()).hasSize(1);
    assertThat(wire.captureRequests()).hasSize(1);
  }

  @Test
  void alertmanager_emptyGroup_isAccepted() throws IOException {
    assertThat(rig.post("alertmanager", "{\"version\":\"4\",\"alerts\":[]}").status())
        .isEqualTo(202);
  }

  @Test
  void cloudEvents_structuredBatchedAndBinary_areRead() throws IOException {
    Wire wire = rig.fleet.connect(agent(3));
    JsonNode structured =
        FakeRequest.post("/api/v1/alerts/cloudevents", payload("cloudevent.json"))
            .with("Content-Type", "application/cloudevents+json; charset=utf-8")
            .json(rig.routes);
    assertThat(structured.get("captures")).hasSize(1);
    assertThat(wire.captureRequests().get(0).alert().title()).isEqualTo("Reverse shell suspected");
    assertThat(wire.captureRequests().get(0).alert().level()).isEqualTo(Level.HIGH);
    assertThat(wire.captureRequests().get(0).alert().fields())
        .containsEntry("port", 4444)
        .containsEntry("ce.id", "b6f8c1d2-0001");

    JsonNode batch =
        FakeRequest.post(
                "/api/v1/alerts/cloudevents",
                "[" + payload("cloudevent.json") + "," + payload("cloudevent.json") + "]")
            .with("Content-Type", "application/cloudevents-batch+json")
            .json(rig.routes);
    assertThat(batch.get("alerts")).hasSize(2);
    assertThat(batch.get("captures")).isEqualTo(structured.get("captures"));

    FakeRequest.post("/api/v1/alerts/cloudevents", "{\"message\":\"seen\"}")
        .with("Content-Type", "application/json")
        .with("ce-specversion", "1.0")
        .with("ce-id", "1")
        .with("ce-source", "/scanner")
        .with("ce-type", "org.example.other")
        .with("ce-title", "Euro%20%E2%82%AC%20+1")
        .with("ce-containerid", agent(3).container().substring(0, 12))
        .to(rig.routes);
    assertThat(wire.captureRequests()).hasSize(2);
    assertThat(wire.captureRequests().get(1).alert().title()).isEqualTo("Euro € +1");
    assertThat(wire.captureRequests().get(1).alert().description()).isEqualTo("seen");
  }

  @Test
  void cloudEvents_withAFalcoAlert_areReadAsFalco() throws IOException {
    Wire wire = rig.fleet.connect(agent(2));
    FakeRequest.post("/api/v1/alerts/cloudevents", payload("falco.json"))
        .with("Content-Type", "application/json")
        .with("ce-specversion", "1.0")
        .with("ce-id", "1")
        .with("ce-source", "https://falco.org")
        .with("ce-type", "falco.rule.output.v1")
        .with("ce-rule", "Read%20sensitive%20file%20untrusted")
        .with("ce-priority", "Warning")
        .to(rig.routes);
    assertThat(wire.captureRequests().get(0).alert().rule())
        .isEqualTo("Read sensitive file untrusted");
    assertThat(wire.captureRequests().get(0).alert().source()).isEqualTo("cloudevents");
  }

  @Test
  void generic_startsACaptureOfItsTarget() throws IOException {
    Wire wire = rig.fleet.connect(agent(1));
    JsonNode answer =
        rig.posted(
            "generic",
            "{\"rule\":\"waf-1\",\"title\":\"WAF hit\",\"level\":\"critical\",\"target\":"
                + "{\"labels\":{\"team\":\"checkout\"}},\"reason\":\"SpEL in sort\","
                + "\"fields\":{\"path\":\"/products\",\"score\":9,\"none\":null}}");
    assertThat(answer.get("captures")).hasSize(1);
    assertThat(wire.captureRequests().get(0).reason()).isEqualTo("SpEL in sort");
    assertThat(wire.captureRequests().get(0).alert().level()).isEqualTo(Level.CRITICAL);
    assertThat(wire.captureRequests().get(0).alert().fields()).containsEntry("score", 9);
  }

  private static ObjectNode falco() throws IOException {
    return (ObjectNode) Json.LENIENT.readTree(payload("falco.json"));
  }
}
