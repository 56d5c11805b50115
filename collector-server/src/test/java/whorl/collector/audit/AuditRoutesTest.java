package whorl.collector.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.captures.CaptureCustody;
import whorl.collector.fleet.captures.CaptureOrder;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Origins;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.store.access.Part;
import whorl.collector.store.audit.AuditLedger;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.testkit.EachEngine;
import whorl.collector.testkit.FakeClient;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

class AuditRoutesTest extends EachEngine {
  private static final String ALL = "/api/v1/audit";

  private final Id ofShop = Id.next(time);
  private final Id ofCart = Id.next(time);
  private CustodyLog custody;
  private FakeClient client;

  @BeforeEach
  void open() throws IOException {
    custody = CustodyLog.open(new DataFolder(folder.resolve("custody")), Disk.LOCAL, time);
    client = client();
  }

  @AfterEach
  void close() throws IOException {
    custody.close();
  }

  private FakeClient client() {
    OriginLedger origins = new OriginLedger(one);
    AuditLedger ledger = new AuditLedger(one);
    AuditIndex index =
        new AuditIndex(
            custody,
            ledger,
            new Origins(one, origins, new OwnerLedger(one), agent -> null),
            origins,
            time);
    return new FakeClient(new AuditRoutes(index, ledger, time).routes(), Role.VIEWER);
  }

  private void evidence(Id id, String service) throws IOException {
    one.update(
        "INSERT INTO evidence (id, sealed_at, service, agent, capture, state, record, class, bytes,"
            + " origin) VALUES (?, ?, ?, 'agent-1', 'capture-1', 'sealed', '', 'alert', 1, ?)",
        id.value(),
        time.instant().toEpochMilli(),
        service,
        new OriginLedger(one).idOf(new Origin("prod", service, Map.of())));
  }

  private void act(CustodyAction action, Id evidence, String actor, Map<String, String> detail)
      throws IOException {
    custody.append(action, evidence, actor, detail);
    time.pass(Duration.ofMinutes(1));
  }

  private void acts() throws IOException {
    evidence(ofShop, "shop");
    evidence(ofCart, "cart");
    act(CustodyAction.RECEIVED, ofShop, "agent agent-1", Map.of());
    act(CustodyAction.SEALED, ofShop, "collector", Map.of("record", "00"));
    act(CustodyAction.READ, ofShop, "token viewer-1", Map.of());
    act(CustodyAction.EXPORTED, ofCart, "token alice (token t-1)", Map.of("what", "bag"));
    act(CustodyAction.HELD, ofShop, "token alice", Map.of("reason", "case <b>7</b>"));
    act(
        CustodyAction.RULES_CHANGED,
        null,
        "admin-1",
        Map.of("rules", "mine", "service", "shop", "namespace", "prod"));
    act(CustodyAction.HUNTED, null, "alice", Map.of("hunt", "h"));
    act(CustodyAction.PURGED, ofCart, "token admin-1", Map.of("reason", "x".repeat(5_000)));
  }

  private List<String> listed(FakeClient by, String query) {
    JsonNode answer = by.get(ALL + query).json();
    return answer.get("entries").findValuesAsText("action");
  }

  private static Principal team(String service) {
    return new Principal(
        Role.VIEWER,
        "viewer-of-" + service,
        null,
        new Access(List.of(new Grant(Role.VIEWER, new Part(Set.of(), Set.of(service), Map.of())))));
  }

  @Test
  void acts_areFoundByPersonActAndTime() throws IOException {
    acts();

    assertThat(listed(client, ""))
        .containsExactly("purged", "hunted", "rules_changed", "held", "exported", "read");
    assertThat(listed(client, "?all=true")).hasSize(8).endsWith("sealed", "received");
    assertThat(listed(client, "?who=alice")).containsExactly("hunted", "held", "exported");
    assertThat(listed(client, "?who=alice (token t-1)")).containsExactly("exported");
    assertThat(listed(client, "?what=purge")).containsExactly("purged");
    assertThat(listed(client, "?what=hold,push")).containsExactly("rules_changed", "held");
    assertThat(listed(client, "?evidence=" + ofCart)).containsExactly("purged", "exported");
    assertThat(listed(client, "?from=150s")).containsExactly("purged", "hunted");
    assertThat(listed(client, "?to=330s&from=1h")).containsExactly("read");
    assertThat(client.get(ALL + "?what=dance").status()).isEqualTo(400);
    assertThat(client.get(ALL + "?from=someday").status()).isEqualTo(400);
    assertThat(client.get(ALL + "?evidence=..").status()).isEqualTo(400);

    JsonNode purged = client.get(ALL + "?what=purge").json().at("/entries/0");
    assertThat(purged.get("who").asText()).isEqualTo("admin-1");
    assertThat(purged.get("actor").asText()).isEqualTo("person");
    assertThat(purged.get("sequence").asInt()).isEqualTo(7);
    assertThat(purged.at("/detail/reason").asText()).hasSize(200).endsWith("…");
  }

  @Test
  void loginsAndRequestedCaptures_areListed_eachToThoseWhoMaySeeThem() throws IOException {
    evidence(ofShop, "shop");
    LoginCustody logins = new LoginCustody(custody, time);
    Principal alice = new Principal(Role.ADMIN, "admin-1");
    logins.loggedIn(alice, "192.0.2.7");
    logins.loggedIn(alice, "192.0.2.7"); // again, within ten minutes
    time.pass(Duration.ofMinutes(11));
    logins.loggedIn(alice, "192.0.2.7");
    logins.loggedIn(alice, "192.0.2.8");
    new CaptureCustody(custody)
        .requested(
            new CaptureOrder(List.of("heap", "threads"), "odd", null, true),
            List.of(agent("shop"), agent("shop"), agent("cart")),
            null,
            "responder-1",
            "192.0.2.9");

    assertThat(listed(client, "?what=login")).hasSize(3).containsOnly("logged_in");
    JsonNode captures = client.get(ALL + "?what=capture").json().get("entries");
    assertThat(captures).hasSize(2);
    assertThat(captures.get(0).toString())
        .contains("\"who\":\"responder-1\"", "\"agents\":\"2\"", "heap, threads", "192.0.2.9");
    assertThat(listed(client.as(team("shop")), "")).containsExactly("captures_requested");
    assertThat(listed(client.as(team("other")), "")).isEmpty();
  }

  @Test
  void captures_ofManyServices_areFewEntries() throws IOException {
    List<AgentIdentity> many = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      many.add(agent("service-" + i));
    }

    new CaptureCustody(custody)
        .requested(
            new CaptureOrder(List.of(), "x".repeat(1_000), null, false),
            many,
            null,
            "admin-1",
            "192.0.2.9");

    JsonNode captures = client.get(ALL + "?what=capture&limit=100").json().get("entries");
    assertThat(captures).hasSize(51);
    assertThat(captures.findValuesAsText("agents")).contains("250");
  }

  private AgentIdentity agent(String service) {
    return new AgentIdentity(
        Id.next(time), service, "prod", Map.of(), null, null, null, "host", 1, "21", "0.1.0");
  }

  @Test
  void pages_haveEachEntryOnce() throws IOException {
    acts();

    List<String> found = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = client.get(ALL + "?all=true&limit=3" + cursor).json();
      found.addAll(page.get("entries").findValuesAsText("sequence"));
      cursor = page.has("next") ? "&cursor=" + page.get("next").asText() : null;
    } while (cursor != null);
    assertThat(found).containsExactly("7", "6", "5", "4", "3", "2", "1", "0");
  }

  @Test
  void team_seesActsOnItsOwn_alsoAfterThePurge() throws IOException {
    acts();
    assertThat(listed(client.as(team("cart")), "")).containsExactly("purged", "exported");
    assertThat(listed(client.as(team("shop")), "?all=true"))
        .containsExactly("rules_changed", "held", "read", "sealed", "received");
    one.update("DELETE FROM evidence WHERE id = ?", ofCart.value());
    act(CustodyAction.RECEIVED, ofCart, "agent agent-1", Map.of());

    assertThat(listed(client.as(team("cart")), "?all=true"))
        .containsExactly("received", "purged", "exported");
    assertThat(listed(client.as(team("other")), "?all=true")).isEmpty();
  }

  @Test
  void entriesBeforeTheEvidenceIsListed_getItsOriginLater() throws IOException {
    act(CustodyAction.RECEIVED, ofShop, "agent agent-1", Map.of());
    assertThat(listed(client.as(team("shop")), "?all=true")).isEmpty();

    evidence(ofShop, "shop");

    assertThat(listed(client.as(team("shop")), "?all=true")).containsExactly("received");
  }

  @Test
  void longLog_isListedStepByStep_andResumed() throws IOException {
    evidence(ofShop, "shop");
    List<CustodyLog.Draft> drafts =
        Collections.nCopies(
            2_300, new CustodyLog.Draft(CustodyAction.READ, ofShop, "token viewer-1", Map.of()));
    custody.append(drafts);

    assertThat(client.get(ALL).json().get("behind").asInt()).isEqualTo(300);
    FakeClient restarted = client();
    JsonNode answer = restarted.get(ALL + "?limit=1").json();
    assertThat(answer.get("behind").asInt()).isZero();
    assertThat(answer.at("/entries/0/sequence").asInt()).isEqualTo(2_299);
  }
}
