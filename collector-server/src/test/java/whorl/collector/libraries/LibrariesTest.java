package whorl.collector.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Route;
import whorl.collector.limit.Rates;
import whorl.collector.store.libraries.LibraryLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.Hello;
import whorl.evidence.channel.AgentMessage.LibrariesHeld;
import whorl.evidence.channel.AgentMessage.LibraryPart;
import whorl.evidence.channel.CollectorMessage.LibrariesWanted;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryKind;
import whorl.evidence.library.NameSource;

class LibrariesTest {
  private static final String ALL = "/api/v1/libraries";
  private static final String OF_AGENT = "/api/v1/agents/{id}/libraries";

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private FleetRig rig;
  private Libraries libraries;
  private List<Route> routes;

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time);
    open(1_000_000);
  }

  private void open(int kibibytes) {
    LibraryLedger ledger = new LibraryLedger(rig.database);
    libraries =
        new Libraries(ledger, rig.fleet, new Rates(kibibytes, Duration.ofDays(1), time), time);
    rig.channel.libraries(libraries);
    routes = new LibraryRoutes(ledger, rig.fleet).routes();
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  @Test
  void replicas_sendTheirInventoryOnce() throws IOException {
    List<LibraryEntry> inventory = inventory(250, "2.14.1");
    Wire first = connect(agent(1));
    Wire second = connect(agent(2));
    assertThat(wanted(first)).containsExactly(new LibrariesWanted(null));

    say(first, inventory, "3");
    say(second, inventory, "0");
    Digest digest = LibraryEntry.digest(inventory);
    assertThat(wanted(first))
        .containsExactly(new LibrariesWanted(null), new LibrariesWanted(digest));
    assertThat(wanted(second)).containsExactly(new LibrariesWanted(null));

    send(first, inventory);
    libraries.save();

    assertThat(wanted(second)).hasSize(1);
    assertThat(libraries.counters().stored()).isEqualTo(1);
    assertThat(libraries.counters().shared()).isEqualTo(1);
    JsonNode found = find("name", "log4j-core");
    assertThat(found.path("libraries")).hasSize(2);
    assertThat(found.path("libraries").findValuesAsText("loaded")).containsExactly("true", "false");
    assertThat(found.path("unknown").asInt()).isZero();
    JsonNode row = found.path("libraries").get(0);
    assertThat(row.path("agent").asText()).isEqualTo(first.id().value());
    assertThat(row.path("service").asText()).isEqualTo("shop");
    assertThat(row.path("connected").asBoolean()).isTrue();
    assertThat(row.path("loader").asText()).isEqualTo("app");
    assertThat(row.path("version").asText()).isEqualTo("2.14.1");
    assertThat(row.path("from").asText()).isEqualTo("pom");

    Wire third = connect(agent(3));
    say(third, inventory, "4");
    libraries.save();
    assertThat(wanted(third)).hasSize(1);
    assertThat(find("name", "log4j-core", "loaded", "true").path("libraries")).hasSize(2);
    assertThat(find("name", "log4j-core", "loaded", "false").path("libraries")).hasSize(1);
  }

  @Test
  void find_byVersionServiceAndDigest() throws IOException {
    hold(agent(1, "shop", "prod"), inventory(3, "2.14.1"), "3");
    hold(agent(2, "cart", "prod"), inventory(3, "2.17.1"), "3");
    hold(agent(3, "cart", "prod"), inventory(3, null), "3");
    connect(agent(4));

    assertThat(services(find("name", "log4j-core", "version", "<2.17"))).containsExactly("shop");
    assertThat(services(find("name", "log4j-core", "version", "[2.0,2.18)")))
        .containsExactly("shop", "cart");
    assertThat(find("name", "log4j-core", "version", "<2.17").path("withoutVersion").asInt())
        .isEqualTo(1);
    assertThat(find("name", "log4j-core", "version", "<2.17").path("unknown").asInt()).isEqualTo(1);
    assertThat(services(find("name", "log4j*", "service", "cart"))).containsExactly("cart", "cart");
    assertThat(services(find("group", "org.apache.*"))).hasSize(3);
    assertThat(services(find("name", "org.apache.logging.log4j:log4j-core"))).hasSize(3);
    assertThat(services(find("name", "org.apache:log4j-core"))).isEmpty();
    assertThat(services(find("sha256", Digest.of(new byte[] {1}).hex()))).hasSize(3);
    assertThat(services(find("name", "log4j-core", "version", "9.9"))).isEmpty();
  }

  @Test
  void find_inPages_showsEachOnce() throws IOException {
    for (int i = 1; i <= 25; i++) {
      hold(agent(i), inventory(3, i % 2 == 0 ? "2.14." + i : "2.17.1"), "0");
    }
    for (String range : new String[] {null, "<2.17", ">0"}) {
      List<String> agents = new ArrayList<>();
      String cursor = null;
      int pages = 0;
      do {
        FakeRequest request = FakeRequest.get(ALL).query("name", "log4j-core").query("limit", 4);
        if (range != null) {
          request.query("version", range);
        }
        if (cursor != null) {
          request.query("cursor", cursor);
        }
        JsonNode page = request.json(routes);
        assertThat(page.path("libraries").size()).isBetween(0, 4);
        agents.addAll(page.path("libraries").findValuesAsText("agent"));
        cursor = page.has("next") ? page.path("next").asText() : null;
      } while (cursor != null && ++pages < 30);
      assertThat(agents)
          .as("range %s", range)
          .hasSize("<2.17".equals(range) ? 12 : 25)
          .doesNotHaveDuplicates()
          .isSorted();
    }
  }

  @Test
  void find_withoutAQuestion_saysWhatToGive() {
    assertProblem("give name", "loaded", "true");
    assertProblem("give name", "name", "*");
    assertProblem("like <2.17", "name", "x", "version", "2.*");
    assertProblem("like log4j-core", "name", "a:b:c");
    assertProblem("not a sha-256", "sha256", "x");
    assertProblem("cursor", "name", "x", "cursor", "AAAA");
  }

  @Test
  void ofAgent_listsAll_orSaysWhyNot() throws IOException {
    List<LibraryEntry> inventory = inventory(30, "2.14.1");
    Wire wire = hold(agent(1), inventory, "3");
    JsonNode page = FakeRequest.get(OF_AGENT).at("id", wire.id()).query("limit", 20).json(routes);
    assertThat(page.path("complete").asBoolean()).isTrue();
    assertThat(page.path("libraries")).hasSize(20);
    JsonNode next =
        FakeRequest.get(OF_AGENT)
            .at("id", wire.id())
            .query("limit", 20)
            .query("cursor", page.path("next").asText())
            .json(routes);
    assertThat(next.path("libraries")).hasSize(10);
    assertThat(next.has("next")).isFalse();

    JsonNode none = FakeRequest.get(OF_AGENT).at("id", connect(agent(2)).id()).json(routes);
    assertThat(none.path("complete").asBoolean()).isFalse();
    assertThat(none.path("problem").asText()).contains("sent no inventory");
    assertThatThrownBy(() -> FakeRequest.get(OF_AGENT).at("id", agent(9).id()).json(routes))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("no agent");
  }

  @Test
  void anotherInventory_takesThePlaceOfTheEarlierOne_whichIsForgotten() throws IOException {
    Wire wire = hold(agent(1), inventory(3, "2.14.1"), "3");
    say(wire, inventory(3, "2.17.1"), "3");
    send(wire, inventory(3, "2.17.1"));
    libraries.save();

    assertThat(find("name", "log4j-core").path("libraries").findValuesAsText("version"))
        .containsExactly("2.17.1");
    rig.database.update("UPDATE library_inventories SET used_millis = 1");
    new LibraryLedger(rig.database).forget();
    assertThat(rig.database.query("SELECT count(*) FROM libraries", row -> row.getInt(1)))
        .containsExactly(3);
  }

  @Test
  void brokenInventories_areRefused_andTheNextIsAsked() throws IOException {
    List<LibraryEntry> inventory = inventory(250, "1");
    Digest digest = LibraryEntry.digest(inventory);
    Wire wire = connect(agent(1));
    say(wire, inventory, "0");
    wire.say(new LibraryPart(digest, 1, 2, inventory.subList(200, 250)));
    say(wire, inventory, "0");
    wire.say(new LibraryPart(digest, 0, 2, inventory.subList(0, 200)));
    wire.say(new LibraryPart(digest, 1, 2, inventory.subList(200, 240)));
    say(wire, inventory, "0");
    wire.say(new LibraryPart(LibraryEntry.digest(List.of()), 0, 1, List.of()));
    libraries.save();

    assertThat(libraries.counters().refused()).isEqualTo(3);
    assertThat(libraries.counters().stored()).isZero();
    assertThat(find("name", "log4j-core").path("libraries")).isEmpty();
    assertThat(rig.fleet.isConnectedHere(wire.id())).isTrue();
  }

  /** A digest is that of the content that arrived, whichever agent sends it first. */
  @Test
  void aForgedDigest_changesNothingOfOthers() throws IOException {
    List<LibraryEntry> others = inventory(3, "2.17.1");
    List<LibraryEntry> own = inventory(3, "2.14.1");
    Digest digest = LibraryEntry.digest(others);
    Wire forger = connect(agent(1));
    forger.say(new LibrariesHeld(digest, 3, "000", true, null));
    forger.say(new LibraryPart(digest, 0, 1, own));
    Wire wire = connect(agent(2));
    say(wire, others, "3");
    assertThat(wanted(wire)).contains(new LibrariesWanted(digest));
    send(wire, others);
    libraries.save();

    JsonNode found = find("name", "log4j-core");
    assertThat(found.path("libraries").findValuesAsText("version"))
        .containsExactly("2.14.1", "2.17.1");
  }

  @Test
  void manyAgents_areAskedFewAtATime_andSilentOnesPassedOver() throws IOException {
    List<Wire> wires = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      Wire wire = connect(agent(i));
      say(wire, inventory(3, "1." + i), "0");
      wires.add(wire);
    }
    assertThat(asked(wires)).isEqualTo(Libraries.RECEIVING_MAX);

    wires.get(0).listener.closed();
    send(wires.get(1), inventory(3, "1.2"));
    assertThat(asked(wires)).isEqualTo(Libraries.RECEIVING_MAX + 2);

    time.pass(Duration.ofSeconds(31));
    libraries.save();
    assertThat(asked(wires)).isEqualTo(2 * Libraries.RECEIVING_MAX + 2);
  }

  /** One part now and then is no inventory that comes. */
  @Test
  void inventoriesThatComeTooSlowly_areGivenUp_andTheNextIsAsked() throws IOException {
    List<Wire> slow = new ArrayList<>();
    for (int i = 1; i <= Libraries.RECEIVING_MAX; i++) {
      Wire wire = connect(agent(i));
      say(wire, inventory(100, "1." + i), "0");
      slow.add(wire);
    }
    Wire next = connect(agent(99));
    say(next, inventory(3, "2"), "0");
    for (int part = 0; part < 7; part++) {
      for (int i = 1; i <= slow.size(); i++) {
        List<LibraryEntry> inventory = inventory(100, "1." + i);
        slow.get(i - 1)
            .say(
                new LibraryPart(
                    LibraryEntry.digest(inventory), part, 100, inventory.subList(part, part + 1)));
      }
      time.pass(Duration.ofSeconds(20));
      libraries.save();
    }

    assertThat(asked(List.of(next))).isEqualTo(1);
  }

  @Test
  void manyOfOneNetwork_letOthersGoFirst() throws IOException {
    List<Wire> many = new ArrayList<>();
    for (int i = 1; i <= 2 * Libraries.RECEIVING_MAX; i++) {
      Wire wire = connect(agent(i));
      say(wire, inventory(3, "1." + i), "0");
      many.add(wire);
    }
    Wire other = rig.dial(agent(99));
    other.peer.address = "198.51.100.9";
    other.say(new Hello(agent(99), null, Map.of(LibrariesWanted.LIBRARIES, true)));
    say(other, inventory(3, "2"), "0");
    assertThat(asked(List.of(other))).isZero();

    send(many.get(0), inventory(3, "1.1"));
    assertThat(asked(List.of(other))).isEqualTo(1);
  }

  @Test
  void quota_ofAnIdentity_isKept() throws IOException {
    open(1);
    hold(agent(1), inventory(40, "1"), "0");
    hold(agent(2), inventory(40, "2"), "0");

    assertThat(libraries.counters().stored()).isEqualTo(1);
    assertThat(libraries.counters().refused()).isEqualTo(1);
  }

  @Test
  void agentsThatDoNotListLibraries_areNotAsked_andBadMessagesCostTheChannel() throws IOException {
    assertThat(wanted(rig.connect(agent(1)))).isEmpty();

    Wire wire = connect(agent(2));
    wire.say(new LibrariesHeld(LibraryEntry.digest(List.of()), 2, "0", true, null));
    assertThat(wire.peer.closeReason()).contains("libraries: loaded needs one digit");

    Wire other = connect(agent(3));
    other.listener.text("{\"type\":\"library-part\",\"part\":0,\"of\":1,\"entries\":[{}]}");
    assertThat(other.peer.closeReason()).isNotNull();
  }

  private Wire connect(AgentIdentity identity) {
    Wire wire = rig.dial(identity);
    wire.say(new Hello(identity, null, Map.of(LibrariesWanted.LIBRARIES, true)));
    return wire;
  }

  private Wire hold(AgentIdentity identity, List<LibraryEntry> inventory, String mark)
      throws IOException {
    Wire wire = connect(identity);
    say(wire, inventory, mark);
    send(wire, inventory);
    libraries.save();
    return wire;
  }

  private static void say(Wire wire, List<LibraryEntry> inventory, String mark) {
    wire.say(
        new LibrariesHeld(
            LibraryEntry.digest(inventory),
            inventory.size(),
            mark.repeat(inventory.size()),
            true,
            null));
  }

  private static void send(Wire wire, List<LibraryEntry> inventory) {
    int size = LibraryPart.ENTRIES_MAX;
    int of = (inventory.size() + size - 1) / size;
    for (int part = 0; part < of; part++) {
      List<LibraryEntry> entries =
          inventory.subList(part * size, Math.min(inventory.size(), (part + 1) * size));
      wire.say(new LibraryPart(LibraryEntry.digest(inventory), part, of, entries));
    }
  }

  private static List<LibrariesWanted> wanted(Wire wire) {
    return wire.peer.received(LibrariesWanted.class);
  }

  private static long asked(List<Wire> wires) {
    return wires.stream()
        .filter(wire -> wanted(wire).stream().anyMatch(each -> each.digest() != null))
        .count();
  }

  private JsonNode find(String... query) throws IOException {
    return request(query).json(routes);
  }

  private static FakeRequest request(String... query) {
    FakeRequest request = FakeRequest.get(ALL);
    for (int i = 0; i < query.length; i += 2) {
      request.query(query[i], query[i + 1]);
    }
    return request;
  }

  private void assertProblem(String message, String... query) {
    assertThatThrownBy(() -> request(query).json(routes))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(message);
  }

  private static List<String> services(JsonNode found) {
    return found.path("libraries").findValuesAsText("service");
  }

  static List<LibraryEntry> inventory(int size, String log4j) {
    List<LibraryEntry> entries = new ArrayList<>();
    entries.add(entry("org.apache.logging.log4j", "log4j-core", log4j));
    for (int i = 1; i < size; i++) {
      entries.add(entry("com.example.of" + i, "library-" + i, "1." + i));
    }
    return entries;
  }

  private static LibraryEntry entry(String group, String name, String version) {
    return new LibraryEntry(
        "/app.jar!/BOOT-INF/lib/" + name + ".jar",
        LibraryKind.JAR,
        group,
        name,
        version,
        NameSource.POM,
        name.equals("log4j-core") ? Digest.of(new byte[] {1}) : Digest.of(Json.bytes(name)),
        1_000,
        false,
        null);
  }
}
